package gen

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// A methodBuilder makes the services of one file. It first plans every method, which settles the imports of the file,
// and then names the parameters and locals of all, so that none hides an import.
type methodBuilder struct {
	*packageBuilder
	fields fieldBuilder
	plans  []*methodPlan
}

// A methodPlan is a method before its names are chosen.
type methodPlan struct {
	*Method
	request, response side
}

// A side is one of the two messages of an rpc, as Go sees it.
type side struct {
	message *protogen.Message
	whole   bool
	plans   []plan // the fields, or the one value that is the message itself
}

// service returns the model of one service, but for the names inside its methods.
func (b *methodBuilder) service(service *protogen.Service, names ServiceNames) *Service {
	settings := b.ds.service(service.Desc.FullName(), &problems{})
	options, _ := service.Desc.Options().(*descriptorpb.ServiceOptions)
	s := &Service{
		Names:      names,
		FullName:   string(service.Desc.FullName()),
		Source:     service.Desc.ParentFile().Path(),
		Key:        settings.plugin.value,
		Detached:   detachedOf(service.Comments),
		Deprecated: deprecation(options.GetDeprecated(), service.Desc.ParentFile().Path()),
	}
	s.Doc = docOf(service.Comments, names.Interface+" is what a plugin of "+s.FullName+" implements and a host calls.", s.Deprecated)
	if s.Key == "" {
		s.Key = snake(names.Interface)
	}
	declared := map[string]*protogen.Method{}
	for _, method := range service.Methods {
		ms := b.ds.method(method.Desc.FullName(), b.ps)
		if ms.skip {
			continue
		}
		if m := b.method(method, ms, cmpStyle(ms.style, settings.style, b.options.Style)); m != nil {
			s.Methods = append(s.Methods, m)
			b.checkMethodName(method, m.Name, ms, declared)
		}
	}
	return s
}

// cmpStyle returns the first style that is given.
func cmpStyle(styles ...Style) Style {
	return styles[slices.IndexFunc(styles, func(s Style) bool { return s != "" })]
}

// checkMethodName reports two rpcs of one service that come out as the same Go method.
func (b *methodBuilder) checkMethodName(method *protogen.Method, name string, ms methodSettings, declared map[string]*protogen.Method) {
	if other, twice := declared[name]; twice {
		at := positionOf(method.Desc)
		if ms.name.value != "" {
			at = ms.name.at
		}
		b.ps.addf(at, "rpcs %s and %s (%s) are both %s in Go: write \"goplugin:method name=N\" above one of them",
			method.Desc.Name(), other.Desc.Name(), positionOf(other.Desc), name)
	}
	declared[name] = method
}

// method plans one rpc.
func (b *methodBuilder) method(method *protogen.Method, settings methodSettings, style Style) *Method {
	at := positionOf(method.Desc)
	if shape := streamShape(method.Desc); shape != "" {
		b.ps.addf(at, "rpc %s is a %s, which this version does not generate: write \"goplugin:skip\" above it to leave it out", method.Desc.FullName(), shape)
		return nil
	}
	options, _ := method.Desc.Options().(*descriptorpb.MethodOptions)
	file := method.Desc.ParentFile().Path()
	m := &Method{
		Name:     method.GoName,
		RPC:      string(method.Desc.Name()),
		Path:     "/" + string(method.Parent.Desc.FullName()) + "/" + string(method.Desc.Name()),
		Detached: detachedOf(method.Comments),
	}
	if settings.name.value != "" {
		m.Name = settings.name.value
	}
	m.Doc = docOf(method.Comments, m.Name+" is rpc "+string(method.Desc.FullName())+".", deprecation(options.GetDeprecated(), file))
	p := &methodPlan{
		Method:   m,
		request:  b.side(method.Input, style, "req", "request", at),
		response: b.side(method.Output, style, "resp", "response", at),
	}
	m.Request, m.Response = b.message(p.request), b.message(p.response)
	b.pkg.Helpers.Empty = b.pkg.Helpers.Empty || m.Request.Shared || m.Response.Shared
	b.plans = append(b.plans, p)
	return m
}

func streamShape(method protoreflect.MethodDescriptor) string {
	switch {
	case method.IsStreamingClient() && method.IsStreamingServer():
		return "bidirectional stream"
	case method.IsStreamingClient():
		return "client stream"
	case method.IsStreamingServer():
		return "server stream"
	}
	return ""
}

// side decides how a message appears in Go. which is "request" or "response", and variable its name in an adapter.
func (b *methodBuilder) side(m *protogen.Message, style Style, variable, which string, at Position) side {
	if isEmpty(m) {
		return side{message: m}
	}
	oneofs := slices.ContainsFunc(m.Oneofs, func(o *protogen.Oneof) bool { return !o.Desc.IsSynthetic() })
	if style == StyleFlat && oneofs {
		b.ps.addf(at, "the %s %s has a oneof, which cannot be flattened: write \"goplugin:method style=message\" above this rpc, or style=auto, which flattens only what it can",
			which, m.Desc.FullName())
	}
	if style == StyleMessage || oneofs || style == StyleAuto && (len(m.Fields) > 3 || hasGoAPI(m)) {
		v := &Value{Type: "*" + b.fields.imports.ident(m.GoIdent), Zero: "nil", Proto: variable}
		return side{message: m, whole: true, plans: []plan{{Value: v, encode: asIs, decode: asIs}}}
	}
	s := side{message: m}
	for _, f := range m.Fields {
		s.plans = append(s.plans, b.fields.field(f))
	}
	return s
}

// hasGoAPI reports whether the Go type of a message has methods that its fields are no substitute for. It holds for
// the messages of google.protobuf, such as Any and Timestamp, but not for the wrappers of one value.
func hasGoAPI(m *protogen.Message) bool {
	return m.Desc.ParentFile().Package() == "google.protobuf" && m.Desc.ParentFile().Path() != "google/protobuf/wrappers.proto"
}

func isEmpty(m *protogen.Message) bool { return m.Desc.FullName() == "google.protobuf.Empty" }

// message returns how the adapters write the type of a side and build a value of it.
func (b *methodBuilder) message(s side) Message {
	m := Message{
		Type:    b.fields.imports.ident(s.message.GoIdent),
		Whole:   s.whole,
		Builder: hasBuilder(s.message),
		Shared:  isEmpty(s.message),
	}
	if !s.whole {
		for _, p := range s.plans {
			m.Fields = append(m.Fields, p.Value)
		}
	}
	return m
}

// nameAll names what is inside the methods of the file.
func (b *methodBuilder) nameAll() {
	for _, p := range b.plans {
		b.name(p)
	}
}

// name chooses the parameters, results and locals of a method, and writes out what depends on them.
func (b *methodBuilder) name(p *methodPlan) {
	imported := b.fields.imports.taken()
	signature := newScope(append(imported, "ctx", "err")...)
	for _, v := range p.request.plans {
		v.Name = signature.name(lowerCamel(v.Proto))
		v.Encode, v.Decode = v.encode(v.Name), v.decode("req")
		p.Params = append(p.Params, v.Value)
		b.pkg.Helpers.BadRequest = b.pkg.Helpers.BadRequest || v.Checked
	}
	p.Named = len(p.response.plans) > 1
	for _, v := range p.response.plans {
		if p.Named || v.Checked {
			v.Name = signature.name(lowerCamel(v.Proto))
		}
		p.Results = append(p.Results, v.Value)
		b.pkg.Helpers.BadResponse = b.pkg.Helpers.BadResponse || v.Checked
	}
	p.Client = Locals{Receiver: signature.name("c"), Request: signature.name("req"), Response: signature.name("resp")}
	p.Server = Locals{Receiver: "s", Request: "req", Response: "resp"}
	server := newScope(append(imported, "ctx", "err", "s", "req")...)
	for _, v := range p.Params {
		if v.Checked {
			v.Local = server.name(lowerCamel(v.Proto))
		}
	}
	for _, v := range p.response.plans {
		v.Local = server.name(lowerCamel(v.Proto))
		v.Encode, v.Decode = v.encode(v.Local), v.decode(p.Client.Response)
	}
	if !p.request.whole && len(p.Params) == 0 {
		p.Server.Request = "_"
	}
	p.Signature, p.TypeSignature = signatures(p.Method)
}

// signatures returns the signature of a method with and without names.
func signatures(m *Method) (named, types string) {
	params, paramTypes := []string{"ctx context.Context"}, []string{"context.Context"}
	for _, v := range m.Params {
		params = append(params, v.Name+" "+v.Type)
		paramTypes = append(paramTypes, v.Type)
	}
	var results, resultTypes []string
	for _, v := range m.Results {
		results = append(results, v.Name+" "+v.Type)
		resultTypes = append(resultTypes, v.Type)
	}
	results, resultTypes = append(results, "err error"), append(resultTypes, "error")
	out := parenthesised(resultTypes)
	typesOnly := "(" + strings.Join(paramTypes, ", ") + ") " + out
	if m.Named {
		out = parenthesised(results)
	}
	return "(" + strings.Join(params, ", ") + ") " + out, typesOnly
}

func parenthesised(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return "(" + strings.Join(list, ", ") + ")"
}
