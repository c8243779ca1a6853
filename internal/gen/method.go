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
	desc              protoreflect.MethodDescriptor
	names             ServiceNames
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
		Detached:   detachedOf(service.Comments),
		Host:       settings.host,
		Broker:     b.needsBroker(service),
		Deprecated: deprecation(options.GetDeprecated(), service.Desc.ParentFile().Path()),
	}
	s.Doc = docOf(service.Comments, names.Interface+" is what a plugin of "+s.FullName+" implements and a host calls.", s.Deprecated)
	if rest, ok := strings.CutPrefix(s.Doc, string(service.Desc.Name())+" "); ok { // godoc begins with the name in Go
		s.Doc = names.Interface + " " + rest
	}
	b.checkCarried(service)
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
	options, _ := method.Desc.Options().(*descriptorpb.MethodOptions)
	file := method.Desc.ParentFile().Path()
	m := &Method{
		Name:     method.GoName,
		RPC:      string(method.Desc.Name()),
		Path:     "/" + string(method.Parent.Desc.FullName()) + "/" + string(method.Desc.Name()),
		Shape:    shapeOf(method.Desc),
		Bytes:    settings.bytes(),
		Detached: detachedOf(method.Comments),
	}
	if settings.name.value != "" {
		m.Name = settings.name.value
	}
	m.Doc = docOf(method.Comments, m.Name+" is rpc "+string(method.Desc.FullName())+".", deprecation(options.GetDeprecated(), file))
	if m.Bytes && m.Shape == Unary {
		b.ps.addf(settings.stream.at, "rpc %s has no stream, which stream=io turns into a reader: remove it, or write \"stream\" before a message", method.Desc.FullName())
	}
	p := &methodPlan{Method: m, desc: method.Desc, names: b.names[method.Parent.Desc.FullName()]}
	if m.Bytes && m.Shape.FromClient() {
		p.request = b.bytes(method.Input, settings.stream.at)
	} else {
		p.request = b.side(method.Input, m.Shape.FromClient(), style, "req", "request", at)
	}
	if m.Bytes && m.Shape.FromServer() {
		p.response = b.bytes(method.Output, settings.stream.at)
	} else {
		p.response = b.side(method.Output, m.Shape.FromServer(), style, "resp", "response", at)
	}
	b.checkCallbacksOfBytes(p, settings)
	b.netRPC(p)
	m.Request, m.Response = b.message(p.request), b.message(p.response)
	b.pkg.Helpers.Empty = b.pkg.Helpers.Empty || b.pkg.GRPC && (m.Request.Shared || m.Response.Shared)
	b.plans = append(b.plans, p)
	return m
}

func shapeOf(method protoreflect.MethodDescriptor) Shape {
	switch {
	case method.IsStreamingClient() && method.IsStreamingServer():
		return BidiStream
	case method.IsStreamingClient():
		return ClientStream
	case method.IsStreamingServer():
		return ServerStream
	}
	return Unary
}

// side decides how a message appears in Go. which is "request" or "response", and variable its name in an adapter.
//
// An element of a stream is one value: the only field of its message, or the message.
func (b *methodBuilder) side(m *protogen.Message, stream bool, style Style, variable, which string, at Position) side {
	if isEmpty(m) && !stream {
		return side{message: m}
	}
	oneofs := slices.ContainsFunc(m.Oneofs, func(o *protogen.Oneof) bool { return !o.Desc.IsSynthetic() })
	if style == StyleFlat && oneofs && !stream {
		b.ps.addf(at, "the %s %s has a oneof, which cannot be flattened: write \"goplugin:method style=message\" above this rpc, or style=auto, which flattens only what it can",
			which, m.Desc.FullName())
	}
	callback := b.hasCallback(m)
	if callback && (style == StyleMessage || oneofs || stream) {
		b.ps.addf(at, "the %s %s has a callback, which only a flat message outside a stream can pass: leave style=message, oneofs and streams to other messages",
			which, m.Desc.FullName())
	}
	tooMuch := style == StyleAuto && !callback && (len(m.Fields) > 3 || hasGoAPI(m) || m.Desc.ExtensionRanges().Len() > 0)
	if style == StyleMessage || oneofs || tooMuch || stream && len(m.Fields) != 1 {
		for _, f := range m.Fields {
			b.used[f.Desc.FullName()] = true // reported above
		}
		v := &Value{Type: "*" + b.fields.imports.ident(m.GoIdent), Zero: "nil", Proto: variable}
		return side{message: m, whole: true, plans: []plan{{Value: v, encode: asIs, decode: asIs}}}
	}
	s := side{message: m}
	if !b.pkg.GRPC && !callback && b.plain(s) {
		s.plans = b.fields.plain(m)
		return s
	}
	for _, f := range m.Fields {
		if d, ok := b.ds.callback(f.Desc.FullName(), &problems{}); ok {
			if p, ok := b.callback(f, d, which == "response"); ok {
				s.plans = append(s.plans, p)
				continue
			}
		}
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
		Whole:   s.whole,
		Builder: hasBuilder(s.message),
		Shared:  isEmpty(s.message) && !s.whole,
	}
	if b.pkg.GRPC || !b.plain(s) {
		m.Type = b.fields.imports.ident(s.message.GoIdent)
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
	if p.Shape.FromClient() {
		p.Client.Input = signature.name(inputName(p.Bytes))
	}
	server := newScope(append(imported, "ctx", "err", "s", "req", inputName(p.Bytes), "stream")...)
	b.nameParams(p, signature)
	b.nameResults(p, signature)
	p.Client.Receiver, p.Client.Request, p.Client.Response = signature.name("c"), signature.name("req"), signature.name("resp")
	p.Client.Reply = signature.name("reply")
	p.Server = Locals{Receiver: "s", Request: "req", Response: "resp", Input: inputName(p.Bytes)}
	client, plugin := adapterScope{signature, p.Client.Receiver}, adapterScope{server, p.Server.Receiver}
	for _, v := range p.request.plans {
		if v.Checked || v.Callback != nil || p.Shape.FromClient() && !p.Bytes {
			v.Local = server.name(lowerCamel(v.Proto))
		}
		b.nameCallback(v, v.Name, client, plugin)
		if v.Callback != nil {
			v.Callback.Context = contextIn(p.Shape)
		}
		writeOut(v, v.Name, "req")
	}
	for _, v := range p.response.plans {
		v.Local = server.name(lowerCamel(v.Proto))
		writeOut(v, v.Local, p.Client.Response)
	}
	if p.Shape == Unary && !p.request.whole && len(p.Params) == 0 {
		p.Server.Request = "_"
	}
	p.Args.Local, p.Reply.Local = server.name("args"), server.name("reply")
	p.Signature, p.TypeSignature = signatures(p.Method)
}

// contextIn returns the context in an adapter of a plugin.
func contextIn(shape Shape) string {
	if shape == Unary {
		return "ctx"
	}
	return "stream.Context()"
}

// writeOut writes the expressions of a value over the local that holds it and the message that carries it.
func writeOut(v plan, local, message string) {
	if v.Callback != nil {
		local = v.Callback.ID
	}
	v.Encode, v.Decode = v.encode(local), v.decode(message)
}

// nameParams names the parameters; the element of a stream is none, and is named where an adapter handles it.
func (b *methodBuilder) nameParams(p *methodPlan, signature scope) {
	for _, v := range p.request.plans {
		v.Name = signature.name(lowerCamel(v.Proto))
		p.Params = append(p.Params, v.Value)
		b.pkg.Helpers.BadRequest = b.pkg.Helpers.BadRequest || v.Checked
	}
}

// nameResults names the results that need a name: two or more, and what an adapter must check.
func (b *methodBuilder) nameResults(p *methodPlan, signature scope) {
	p.Named = len(p.response.plans) > 1
	for _, v := range p.response.plans {
		if p.Named || v.Checked {
			v.Name = signature.name(lowerCamel(v.Proto))
		}
		p.Results = append(p.Results, v.Value)
		b.pkg.Helpers.BadResponse = b.pkg.Helpers.BadResponse || v.Checked
	}
}

// signatures returns the signature of a method with and without names.
func signatures(m *Method) (named, types string) {
	params := []declared{{"ctx", "context.Context"}}
	if m.Shape.FromClient() {
		params = append(params, declared{m.Client.Input, m.inputType()})
	} else {
		params = append(params, declaredOf(m.Params)...)
	}
	results := append(declaredOf(m.Results), declared{"err", "error"})
	switch {
	case m.Shape.FromServer() && m.Bytes:
		results = []declared{{"", "io.ReadCloser"}, {"", "error"}}
	case m.Shape.FromServer():
		results = []declared{{"", iterator(m.Results[0].Type)}}
	}
	out := "(" + join(typesOf(results)) + ")"
	if len(results) == 1 {
		out = results[0].typ
	}
	types = "(" + join(typesOf(params)) + ") " + out
	if m.Named {
		out = "(" + join(grouped(results)) + ")"
	}
	return "(" + join(grouped(params)) + ") " + out, types
}

// A declared is a parameter or a result as a signature declares it.
type declared struct{ name, typ string }

func declaredOf(values []*Value) []declared {
	var list []declared
	for _, v := range values {
		list = append(list, declared{v.Name, v.Type})
	}
	return list
}

func typesOf(list []declared) []string {
	var types []string
	for _, d := range list {
		types = append(types, d.typ)
	}
	return types
}

// grouped returns names with their types, where neighbours of one type share it: "key, value string".
func grouped(list []declared) []string {
	var parts []string
	for i, d := range list {
		if i+1 < len(list) && list[i+1].typ == d.typ {
			parts = append(parts, d.name)
		} else {
			parts = append(parts, d.name+" "+d.typ)
		}
	}
	return parts
}

func join(parts []string) string { return strings.Join(parts, ", ") }

// inputName returns the name of a client's stream.
func inputName(bytes bool) string {
	if bytes {
		return "r"
	}
	return "in"
}

// inputType returns the Go type of a client's stream.
func (m *Method) inputType() string {
	if m.Bytes {
		return "io.Reader"
	}
	return iterator(m.Params[0].Type)
}

// iterator returns the Go type of a stream of elements.
func iterator(element string) string { return "iter.Seq2[" + element + ", error]" }
