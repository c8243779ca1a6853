package python

import (
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"

	"github.com/goplugin-dev/goplugin/internal/gen"
)

// A side is one message of an rpc, as the interface shows it.
type side struct {
	typ     string // of the message
	whole   bool   // the message is the value
	values  []value
	message *protogen.Message
}

// side returns one message of an rpc. The Go generator has decided which of its fields appear.
func (b *moduleBuilder) side(message *protogen.Message, decided gen.Message, elements []*gen.Value) side {
	s := side{typ: b.im.messages(message.Desc.ParentFile()) + "." + nested(message.Desc), message: message}
	s.whole = decided.Whole
	if s.whole {
		s.values = []value{{typ: s.typ, encode: asIs, decode: asIs}}
		return s
	}
	for _, v := range elements {
		f := fieldNamed(message, v.Proto)
		if v.Callback == nil {
			s.values = append(s.values, b.field(f))
			continue
		}
		s.values = append(s.values, value{typ: b.class(v.Type, (*Service).interfaceName) + " | None", encode: asIs, decode: getter(f)})
	}
	return s
}

func fieldNamed(message *protogen.Message, name string) *protogen.Field {
	for _, f := range message.Fields {
		if string(f.Desc.Name()) == name {
			return f
		}
	}
	return nil
}

func (s *Service) interfaceName() string { return s.Interface }
func (s *Service) clientName() string    { return s.Client }
func (s *Service) serverName() string    { return s.Server }

// class returns how the module names a class of a service, given by its Go interface.
func (b *moduleBuilder) class(goInterface string, of func(*Service) string) string {
	name := b.qualifier + of(b.classes[goInterface])
	if b.qualifier != "" {
		return name
	}
	if m := b.modules[goInterface]; m != b.module {
		line := "from . import " + m.Name
		b.im.lines = append(b.im.lines, line)
		name = m.Name + "." + name
	}
	return name
}

// method returns the model of one rpc.
func (b *moduleBuilder) method(name string, m *gen.Method) *Method {
	desc := b.packageBuilder.methods[m.Path]
	request := b.side(desc.Input, m.Request, m.Params)
	response := b.side(desc.Output, m.Response, m.Results)
	method := &Method{Name: name, RPC: m.RPC, Path: m.Path, Doc: m.Doc, Shape: m.Shape, Request: request.typ, Response: response.typ}
	names := newScope(append(reserved(m), hidden...)...)
	parameters := b.parameters(method, request, m, names)
	for _, p := range parameters {
		method.Parameters = append(method.Parameters, p.name+": "+p.typ)
	}
	method.Returns = b.returns(method.Shape, response)
	b.callbacks(method, m, parameters, names)
	method.Client = b.client(method, request, response, parameters, names)
	method.Server = b.server(method, request, response, parameters)
	return method
}

// reserved returns the locals of a method's adapters that no parameter may hide.
func reserved(m *gen.Method) []string {
	switch {
	case slices.ContainsFunc(m.Params, func(v *gen.Value) bool { return v.Callback != nil }):
		return []string{"self", "request", "broker", "offered", "items", "responses", "each", "result"}
	case m.Shape.FromServer():
		return []string{"self", "responses"}
	}
	return []string{"self"}
}

// parameters names the parameters of a method. A stream is one parameter.
func (b *moduleBuilder) parameters(method *Method, request side, m *gen.Method, names scope) []value {
	if method.Takes() {
		b.im.standard("from collections import abc")
		name := "items"
		if m.Bytes {
			name = "chunks"
		}
		return []value{{name: names.name(name), typ: "abc.AsyncIterator[" + request.values[0].typ + "]"}}
	}
	list := request.values
	for i := range list {
		wanted := "request"
		if !request.whole {
			wanted = m.Params[i].Proto
		}
		list[i].name = names.name(wanted)
	}
	return list
}

// returns returns the type of a method's result.
func (b *moduleBuilder) returns(shape gen.Shape, response side) string {
	var types []string
	for _, v := range response.values {
		types = append(types, v.typ)
	}
	switch {
	case shape.FromServer():
		b.im.standard("from collections import abc")
		return "abc.AsyncIterator[" + types[0] + "]"
	case len(types) == 0:
		return "None"
	case len(types) == 1:
		return types[0]
	}
	return b.builtin("tuple") + "[" + strings.Join(types, ", ") + "]"
}

// callbacks completes the parameters that the other side calls.
func (b *moduleBuilder) callbacks(method *Method, m *gen.Method, parameters []value, names scope) {
	if method.Takes() {
		return
	}
	for i, v := range m.Params {
		if v.Callback == nil {
			continue
		}
		method.Callbacks = append(method.Callbacks, Callback{
			Parameter: parameters[i].name,
			Field:     parameters[i].decode("request"),
			ID:        names.name(v.Proto + "_id"),
			Client:    b.class(v.Type, (*Service).clientName),
			Server:    b.class(v.Type, (*Service).serverName),
			Forever:   v.Callback.Forever,
		})
		if method.Yields() {
			b.im.standard("import contextlib")
		}
		b.im.standard("import functools")
	}
}

// client returns what the client's method says.
func (b *moduleBuilder) client(method *Method, request, response side, parameters []value, names scope) Client {
	c := Client{Response: names.name("response"), Whole: response.whole}
	locals := map[string]string{}
	for _, callback := range method.Callbacks {
		locals[callback.Parameter] = callback.ID
	}
	switch {
	case method.Takes() && request.whole:
		c.Request = parameters[0].name
	case method.Takes():
		c.Request = "goplugin.mapped(lambda item: " + construct(request, []string{"item"}) + ", " + parameters[0].name + ")"
	case request.whole:
		c.Request = parameters[0].name
	default:
		var names []string
		for _, p := range parameters {
			if id, ok := locals[p.name]; ok {
				names = append(names, id)
			} else {
				names = append(names, p.name)
			}
		}
		c.Request = construct(request, names)
	}
	var results []string
	for _, v := range response.values {
		results = append(results, v.decode(c.Response))
	}
	c.Result = strings.Join(results, ", ")
	return c
}

// server returns what the server's method says.
func (b *moduleBuilder) server(method *Method, request, response side, parameters []value) Server {
	s := Server{Result: "result", Whole: response.whole}
	served := map[string]bool{}
	for _, callback := range method.Callbacks {
		served[callback.Parameter] = true
	}
	switch {
	case method.Takes() && request.whole:
		s.Arguments = "requests"
	case method.Takes():
		s.Arguments = "goplugin.mapped(lambda request: " + request.values[0].decode("request") + ", requests)"
	case request.whole:
		s.Arguments = "request"
	default:
		var arguments []string
		for _, p := range parameters {
			from := p.decode("request")
			if served[p.name] {
				from = p.name
			}
			arguments = append(arguments, p.name+"="+from)
		}
		s.Arguments = strings.Join(arguments, ", ")
	}
	results := []string{s.Result}
	if len(response.values) > 1 {
		results = nil
		for i := range response.values {
			results = append(results, "result["+strconv.Itoa(i)+"]")
		}
	}
	if len(response.values) == 0 {
		s.Result = ""
	}
	s.Response = construct(response, results)
	return s
}

// construct returns the expression of a message over the locals that hold its values.
func construct(s side, locals []string) string {
	if s.whole {
		return locals[0]
	}
	var arguments, keywordFields []string
	i := 0
	for _, f := range s.message.Fields {
		if i == len(s.values) {
			break
		}
		name, encoded := string(f.Desc.Name()), s.values[i].encode(locals[i])
		i++
		if !isAttribute(name) {
			keywordFields = append(keywordFields, `"`+name+`": `+encoded)
		} else {
			arguments = append(arguments, name+"="+encoded)
		}
	}
	if len(keywordFields) > 0 {
		arguments = append(arguments, "**{"+strings.Join(keywordFields, ", ")+"}")
	}
	return s.typ + "(" + strings.Join(arguments, ", ") + ")"
}
