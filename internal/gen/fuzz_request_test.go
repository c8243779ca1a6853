package gen

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/gofeaturespb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"google.golang.org/protobuf/types/pluginpb"
	"pgregory.net/rapid"
)

// typeNames are names of messages, enums, services and rpcs that meet the generator's own, or Go's.
var typeNames = []string{
	"Handshake", "PluginSet", "Serve", "ServeConfig", "ClientConfig", "NewClient", "ProtocolVersion", "Plugins",
	"Greeter", "GreeterService", "GreeterServiceAPI", "GreeterAPI", "GreeterGRPCClient", "GreeterGRPCServer",
	"GreeterGRPCPlugin", "GreeterPluginName", "UnimplementedGreeter", "DispenseGreeter", "NewGreeterGRPCClient",
	"RegisterGreeterGRPCServer", "GreeterClient", "GreeterServer", "RegisterGreeterServer", "Greeter_ServiceDesc",
	"Service", "service", "Error", "ErrNotFound", "error", "string", "type", "func", "nil", "context", "plugin",
	"Foo_Bar", "foo_bar", "FooBar", "FooBarService", "foo_service", "_x", "X", "x1", "goplugin_error", "gopluginError",
	"Default_Greeter_ctx", "Greeter_ctx", "Greeter_builder", "Greeter_ctx_case", "E_x", "File_a_proto", "main", "init", "Config", "APlugin",
	"GreeterRPCPlugin", "GreeterRPCClient", "NewGreeterRPCClient", "GreeterRPCServer", "NewGreeterRPCServer", "NewInProcessClient",
	"GreeterXArgs", "GreeterXReply", "GreeterXRPCArgs", "GreeterXRPCReply", "GreeterX", "XArgs",
}

// fieldNames are names that meet the adapters' own identifiers, or the methods of messages.
var fieldNames = []string{
	"ctx", "err", "req", "resp", "c", "s", "cc", "p", "impl", "client", "server", "time", "context", "plugin", "grpc", "proto",
	"goplugin_invoke", "goplugin_error", "goplugin_to_time", "timestamppb", "emptypb", "type", "func", "range", "string", "len", "nil",
	"error", "true", "any", "new", "x", "get_x", "has_x", "set_x", "clear_x", "which_x", "build", "reset", "size", "descriptor",
	"proto_message", "user_id", "userID", "UserId", "_", "_1", "a1", "A", "init", "main", "ctx_", "err_",
	"args", "reply", "rpc", "encoded", "io", "r", "in", "iter", "goplugin_call", "goplugin_answer", "goplugin_decode",
}

// goPackages are go_package options of the second file.
var goPackages = []string{
	"fuzz.test/a", "fuzz.test/b", "fuzz.test/context", "fuzz.test/plugin", "fuzz.test/grpc", "fuzz.test/proto", "fuzz.test/time",
	"fuzz.test/ctx", "fuzz.test/err", "fuzz.test/req", "fuzz.test/s", "fuzz.test/c", "fuzz.test/resp", "fuzz.test/string",
	"fuzz.test/b;Greeter", "fuzz.test/b2;b", "fuzz.test/goplugin_error;gopluginError", "fuzz.test/aplugin", "fuzz.test/rpc", "fuzz.test/io",
	"fuzz.test/args", "fuzz.test/reply", "fuzz.test/iter", "fuzz.test/errors", "fuzz.test/strings",
}

// texts are comments without directives.
var texts = []string{
	"", " Text.\n", " First.\n\n Second.\n   - list\n", "go:build ignore\n", " +build ignore\n", " Deprecated: gone.\n", " */ /* \n",
	"\ttab\n", " # Heading\n\n     code\n   text\n 1. one\n", " \ufeff\u2028\r\n", " [link]: https://example.com\n",
}

// serviceDirectives and methodDirectives are comments with directives; the last ones are wrong.
var (
	serviceDirectives = []string{
		" goplugin:service name=Greeter\n", " goplugin:service plugin=key style=flat\n", " goplugin:service style=message\n", " goplugin:skip\n", " goplugin:host\n",
		" goplugin:error name=ErrNotFound code=NOT_FOUND\n", " goplugin:error name=Serve code=ABORTED\n goplugin:error name=X code=UNKNOWN\n",
		" goplugin:nonsense\n",
	}
	methodDirectives = []string{
		" goplugin:method style=flat\n", " goplugin:method style=auto\n", " goplugin:method name=Do style=message\n",
		" goplugin:method stream=io\n", " goplugin:skip\n", " goplugin:method name=\"\n",
	}
)

// parameters and transports are what a run is told.
var (
	parameters = []string{"", "style=flat", "style=message", "package_suffix=plugin", "default_api_level=API_OPAQUE", "default_api_level=API_HYBRID"}
	transports = []string{"", ",transport=netrpc", ",transport=both"}
)

// randomRequest returns a request for two files, of which the second imports the first.
func randomRequest(t *rapid.T) *pluginpb.CodeGeneratorRequest {
	req := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: []string{"a.proto", "b.proto"},
	}
	transport := rapid.SampledFrom(transports).Draw(t, "transport")
	req.Parameter = proto.String(rapid.SampledFrom(parameters).Draw(t, "parameter") + transport)
	wellKnown := []proto.Message{&emptypb.Empty{}, &timestamppb.Timestamp{}, &durationpb.Duration{}, &wrapperspb.StringValue{}, &anypb.Any{}}
	var known []string
	for _, m := range wellKnown {
		d := m.ProtoReflect().Descriptor()
		req.ProtoFile = append(req.ProtoFile, protodesc.ToFileDescriptorProto(d.ParentFile()))
		known = append(known, "."+string(d.FullName()))
	}
	first := &fileBuilder{T: t, messages: known, unary: transport != ""}
	req.ProtoFile = append(req.ProtoFile, first.file("a.proto", "fuzz.test/a", req.ProtoFile))
	second := &fileBuilder{T: t, messages: first.messages, unary: first.unary}
	req.ProtoFile = append(req.ProtoFile, second.file("b.proto", rapid.SampledFrom(goPackages).Draw(t, "go_package"), req.ProtoFile))
	return req
}

// A fileBuilder makes a random file. It knows the messages and the file's own enums that fields can have.
type fileBuilder struct {
	*rapid.T
	prefix          string // of full names
	edition         bool
	proto2          bool
	messages, enums []string
	used            map[string]bool // names of the package
	unary           bool            // streams are rare, as net/rpc carries none
}

func (b *fileBuilder) file(name, goPackage string, imports []*descriptorpb.FileDescriptorProto) *descriptorpb.FileDescriptorProto {
	fd := &descriptorpb.FileDescriptorProto{
		Name:    proto.String(name),
		Options: &descriptorpb.FileOptions{GoPackage: proto.String(goPackage)},
	}
	for _, imported := range imports {
		fd.Dependency = append(fd.Dependency, imported.GetName())
	}
	b.used, b.prefix = map[string]bool{}, "."
	if pkg := rapid.SampledFrom([]string{"", "acme.v1", "acme.v2", "context", "_.URLShortener"}).Draw(b.T, "package"); pkg != "" {
		fd.Package, b.prefix = proto.String(pkg), "."+pkg+"."
	}
	b.syntax(fd)
	fd.EnumType = many(b, "enums", 2, b.enum)
	fd.MessageType = many(b, "messages", 4, b.message)
	fd.Service = many(b, "services", 3, b.service)
	fd.SourceCodeInfo = b.comments(fd)
	return fd
}

func (b *fileBuilder) syntax(fd *descriptorpb.FileDescriptorProto) {
	switch rapid.IntRange(0, 2).Draw(b.T, "syntax") {
	case 0:
		fd.Syntax = proto.String("proto3")
	case 1:
		fd.Syntax, b.proto2 = proto.String("proto2"), true
	case 2:
		fd.Syntax, fd.Edition, b.edition = proto.String("editions"), descriptorpb.Edition_EDITION_2023.Enum(), true
		level := gofeaturespb.GoFeatures_APILevel(rapid.IntRange(0, 3).Draw(b.T, "API level"))
		features := &descriptorpb.FeatureSet{}
		proto.SetExtension(features, gofeaturespb.E_Go, &gofeaturespb.GoFeatures{ApiLevel: level.Enum()})
		fd.Options.Features = features
	}
}

// many returns up to limit random things. make returns nil where no name is left.
func many[T any](b *fileBuilder, what string, limit int, make func() *T) []*T {
	var list []*T
	for range rapid.IntRange(0, limit).Draw(b.T, what) {
		if one := make(); one != nil {
			list = append(list, one)
		}
	}
	return list
}

// name returns a name that is free in the package.
func (b *fileBuilder) name(what string) (string, bool) {
	name := rapid.SampledFrom(typeNames).Draw(b.T, what)
	if b.used[name] {
		return "", false
	}
	b.used[name] = true
	return name, true
}

func (b *fileBuilder) enum() *descriptorpb.EnumDescriptorProto {
	name, free := b.name("enum")
	value, valueFree := b.name("enum value")
	if !free || !valueFree {
		return nil
	}
	b.enums = append(b.enums, b.prefix+name)
	return &descriptorpb.EnumDescriptorProto{
		Name:  &name,
		Value: []*descriptorpb.EnumValueDescriptorProto{{Name: &value, Number: proto.Int32(0)}},
	}
}

func (b *fileBuilder) message() *descriptorpb.DescriptorProto {
	name, free := b.name("message")
	if !free {
		return nil
	}
	b.messages = append(b.messages, b.prefix+name)
	m := &descriptorpb.DescriptorProto{Name: &name}
	used := map[string]bool{}
	oneof := rapid.IntRange(0, 3).Draw(b.T, "oneof") == 0
	m.Field = many(b, "fields", 5, func() *descriptorpb.FieldDescriptorProto {
		return b.field(m, used, oneof)
	})
	if len(m.Field) > 0 && m.Field[0].OneofIndex != nil {
		m.OneofDecl = append(m.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String("choice")})
	}
	b.syntheticOneofs(m)
	if rapid.Bool().Draw(b.T, "nested") {
		b.messages = append(b.messages, b.prefix+name+".Nested")
		m.NestedType = append(m.NestedType, &descriptorpb.DescriptorProto{Name: proto.String("Nested")})
	}
	return m
}

// syntheticOneofs adds those of optional proto3 fields, which stand behind the real ones.
func (b *fileBuilder) syntheticOneofs(m *descriptorpb.DescriptorProto) {
	for _, f := range m.Field {
		if f.GetProto3Optional() {
			f.OneofIndex = proto.Int32(int32(len(m.OneofDecl)))
			m.OneofDecl = append(m.OneofDecl, &descriptorpb.OneofDescriptorProto{Name: proto.String("_" + f.GetName())})
		}
	}
}

func (b *fileBuilder) field(m *descriptorpb.DescriptorProto, used map[string]bool, oneof bool) *descriptorpb.FieldDescriptorProto {
	name := rapid.SampledFrom(fieldNames).Draw(b.T, "field")
	unique := strings.ToLower(strings.ReplaceAll(name, "_", "")) // as protoc demands, so that JSON names differ
	if used[unique] {
		return nil
	}
	used[unique] = true
	f := &descriptorpb.FieldDescriptorProto{
		Name:   &name,
		Number: proto.Int32(int32(len(m.Field) + 1)),
		Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
	b.fieldType(f)
	if oneof {
		f.OneofIndex = proto.Int32(0)
		return f
	}
	switch rapid.IntRange(0, 3).Draw(b.T, "label") {
	case 0:
		f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	case 1:
		b.presence(f)
	case 2:
		b.mapOf(m, f)
	}
	return f
}

// fieldType gives a field a random type.
func (b *fileBuilder) fieldType(f *descriptorpb.FieldDescriptorProto) {
	kind := descriptorpb.FieldDescriptorProto_Type(rapid.IntRange(1, 18).Draw(b.T, "type"))
	switch {
	case kind == descriptorpb.FieldDescriptorProto_TYPE_ENUM && len(b.enums) > 0:
		f.TypeName = proto.String(rapid.SampledFrom(b.enums).Draw(b.T, "enum type"))
	case kind == descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, kind == descriptorpb.FieldDescriptorProto_TYPE_GROUP, kind == descriptorpb.FieldDescriptorProto_TYPE_ENUM:
		kind = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE
		f.TypeName = proto.String(rapid.SampledFrom(b.messages).Draw(b.T, "message type"))
	}
	f.Type = &kind
}

// presence makes a field optional or required, as the syntax says it.
func (b *fileBuilder) presence(f *descriptorpb.FieldDescriptorProto) {
	required := rapid.Bool().Draw(b.T, "required")
	switch {
	case b.proto2 && required:
		f.Label = descriptorpb.FieldDescriptorProto_LABEL_REQUIRED.Enum()
	case b.edition && required:
		f.Options = &descriptorpb.FieldOptions{Features: &descriptorpb.FeatureSet{FieldPresence: descriptorpb.FeatureSet_LEGACY_REQUIRED.Enum()}}
	case b.edition && f.TypeName == nil:
		f.Options = &descriptorpb.FieldOptions{Features: &descriptorpb.FeatureSet{FieldPresence: descriptorpb.FeatureSet_IMPLICIT.Enum()}}
	case !b.proto2 && !b.edition:
		f.Proto3Optional = proto.Bool(true)
	case b.proto2 && f.GetType() == descriptorpb.FieldDescriptorProto_TYPE_BYTES:
		f.DefaultValue = proto.String("default")
	}
}

// mapOf makes a field a map with values of its type.
func (b *fileBuilder) mapOf(m *descriptorpb.DescriptorProto, f *descriptorpb.FieldDescriptorProto) {
	entry := camel(f.GetName()) + "Entry"
	optional := descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
	m.NestedType = append(m.NestedType, &descriptorpb.DescriptorProto{
		Name:    &entry,
		Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
		Field: []*descriptorpb.FieldDescriptorProto{
			{Name: proto.String("key"), Number: proto.Int32(1), Label: optional, Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum()},
			{Name: proto.String("value"), Number: proto.Int32(2), Label: optional, Type: f.Type, TypeName: f.TypeName},
		},
	})
	f.Label, f.Type = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum(), descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	f.TypeName = proto.String(b.prefix + m.GetName() + "." + entry)
}

// camel returns the name that protoc gives to a map's entry.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

func (b *fileBuilder) service() *descriptorpb.ServiceDescriptorProto {
	name, free := b.name("service")
	if !free {
		return nil
	}
	used := map[string]bool{}
	return &descriptorpb.ServiceDescriptorProto{
		Name:    &name,
		Options: &descriptorpb.ServiceOptions{Deprecated: proto.Bool(rapid.Bool().Draw(b.T, "deprecated"))},
		Method: many(b, "rpcs", 4, func() *descriptorpb.MethodDescriptorProto {
			name := rapid.SampledFrom(append(typeNames, fieldNames...)).Draw(b.T, "rpc")
			if used[name] {
				return nil
			}
			used[name] = true
			return b.method(name)
		}),
	}
}

func (b *fileBuilder) method(name string) *descriptorpb.MethodDescriptorProto {
	m := &descriptorpb.MethodDescriptorProto{
		Name:            &name,
		InputType:       proto.String(rapid.SampledFrom(b.messages).Draw(b.T, "request")),
		OutputType:      proto.String(rapid.SampledFrom(b.messages).Draw(b.T, "response")),
		ServerStreaming: proto.Bool(b.streams("server stream")),
		ClientStreaming: proto.Bool(b.streams("client stream")),
		Options:         &descriptorpb.MethodOptions{Deprecated: proto.Bool(rapid.Bool().Draw(b.T, "deprecated"))},
	}
	if rapid.Bool().Draw(b.T, "bytes") {
		if m.GetClientStreaming() {
			m.InputType = proto.String(bytesMessage)
		}
		if m.GetServerStreaming() {
			m.OutputType = proto.String(bytesMessage)
		}
	}
	return m
}

// streams says whether a side of an rpc is a stream.
func (b *fileBuilder) streams(side string) bool {
	one := 4
	if b.unary {
		one = 40
	}
	return rapid.IntRange(1, one).Draw(b.T, side) == one
}

// bytesMessage has the one field that stream=io takes.
const bytesMessage = ".google.protobuf.BytesValue"

// directivesOf returns the directives for an rpc. Most of those for streams of bytes make them readers.
func directivesOf(m *descriptorpb.MethodDescriptorProto) []string {
	if m.GetInputType() != bytesMessage && m.GetOutputType() != bytesMessage {
		return methodDirectives
	}
	return []string{" goplugin:method stream=io\n", " goplugin:method name=Do stream=io\n", " goplugin:method stream=io style=flat\n"}
}

// fieldDirectives are comments that make a field a callback of one of the file's services; the last one is wrong.
func (b *fileBuilder) fieldDirectives(fd *descriptorpb.FileDescriptorProto) []string {
	list := []string{" goplugin:callback Nobody\n"}
	for _, service := range fd.Service {
		list = append(list, " goplugin:callback "+interfaceNames(service.GetName())[0]+"\n", " goplugin:callback "+service.GetName()+" lifetime=plugin\n")
	}
	return list
}

// comments puts comments on services, rpcs and fields. The spans are those of a file with an element on every line.
func (b *fileBuilder) comments(fd *descriptorpb.FileDescriptorProto) *descriptorpb.SourceCodeInfo {
	info := &descriptorpb.SourceCodeInfo{}
	line := int32(0)
	add := func(directives []string, path ...int32) {
		line += 20
		loc := &descriptorpb.SourceCodeInfo_Location{Path: path, Span: []int32{line, 0, 30}}
		for i, comment := range []**string{&loc.LeadingComments, &loc.TrailingComments} {
			field := []string{"leading", "trailing"}[i]
			switch rapid.IntRange(0, 5).Draw(b.T, field) {
			case 0, 1:
				*comment = proto.String(rapid.SampledFrom(texts).Draw(b.T, field+" comment"))
			case 2:
				*comment = proto.String(rapid.SampledFrom(directives).Draw(b.T, field+" directive"))
			}
		}
		info.Location = append(info.Location, loc)
	}
	for i, service := range fd.Service {
		add(serviceDirectives, 6, int32(i))
		for j, method := range service.Method {
			add(directivesOf(method), 6, int32(i), 2, int32(j))
		}
	}
	for i, message := range fd.MessageType {
		for j, field := range message.Field {
			if field.GetType() == descriptorpb.FieldDescriptorProto_TYPE_UINT32 && rapid.IntRange(0, 3).Draw(b.T, "callback") == 0 {
				add(b.fieldDirectives(fd), 4, int32(i), 2, int32(j))
			}
		}
	}
	return info
}
