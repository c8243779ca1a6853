package inspect

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// A Service is a service of a plugin.
type Service struct {
	Name    string   `json:"name"` // in full
	Methods []Method `json:"methods"`
	Problem string   `json:"problem,omitempty"` // why its methods are not known
}

// A Method is a method of a service.
type Method struct {
	Name     string `json:"name"`
	Shape    string `json:"shape"`    // unary, server stream, client stream or bidirectional stream
	Request  string `json:"request"`  // the message, by its full name
	Response string `json:"response"` // the same
	Example  string `json:"example"`  // a request in JSON
}

// A Field is a field of a message.
type Field struct {
	Name     string `json:"name"`
	JSONName string `json:"jsonName"`
	Number   int32  `json:"number"`
	Type     string `json:"type"` // a scalar, the full name of a message or an enum, or map<K, V>
	Repeated bool   `json:"repeated,omitempty"`
	Optional bool   `json:"optional,omitempty"` // it knows whether it is set
	Oneof    string `json:"oneof,omitempty"`
}

// A Value is a value of an enum.
type Value struct {
	Name   string `json:"name"`
	Number int32  `json:"number"`
}

// isOwn reports whether a service is that of go-plugin or gRPC, which every plugin serves.
func isOwn(service protoreflect.FullName) bool {
	switch service {
	case "plugin.GRPCBroker", "plugin.GRPCController", "plugin.GRPCStdio", "grpc.health.v1.Health":
		return true
	}
	return strings.HasPrefix(string(service), "grpc.reflection.")
}

func describe(service protoreflect.ServiceDescriptor) Service {
	s := Service{Name: string(service.FullName()), Methods: []Method{}}
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		s.Methods = append(s.Methods, Method{
			Name: string(method.Name()), Shape: shapeOf(method),
			Request: string(method.Input().FullName()), Response: string(method.Output().FullName()),
			Example: Example(method.Input()),
		})
	}
	return s
}

func shapeOf(method protoreflect.MethodDescriptor) string {
	switch {
	case method.IsStreamingClient() && method.IsStreamingServer():
		return "bidirectional stream"
	case method.IsStreamingClient():
		return "client stream"
	case method.IsStreamingServer():
		return "server stream"
	}
	return "unary"
}

// types collects messages and enums.
type types struct {
	messages map[string][]Field
	enums    map[string][]Value
}

func newTypes() types { return types{make(map[string][]Field), make(map[string][]Value)} }

// add adds a message and all that it uses.
func (t types) add(message protoreflect.MessageDescriptor) {
	name := string(message.FullName())
	if _, known := t.messages[name]; known {
		return
	}
	t.messages[name] = []Field{} // before its fields, which may lead back to it
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		t.messages[name] = append(t.messages[name], fieldOf(field))
		if field.IsMap() {
			field = field.MapValue()
		}
		if field.Message() != nil {
			t.add(field.Message())
		}
		if field.Enum() != nil {
			t.addEnum(field.Enum())
		}
	}
}

func (t types) addEnum(enum protoreflect.EnumDescriptor) {
	values := []Value{}
	for i := range enum.Values().Len() {
		value := enum.Values().Get(i)
		values = append(values, Value{string(value.Name()), int32(value.Number())})
	}
	t.enums[string(enum.FullName())] = values
}

func fieldOf(field protoreflect.FieldDescriptor) Field {
	f := Field{
		Name: string(field.Name()), JSONName: field.JSONName(), Number: int32(field.Number()),
		Type: typeOf(field), Repeated: field.IsList(),
		Optional: field.HasPresence() && field.Message() == nil && field.ContainingOneof() == nil,
	}
	if oneof := field.ContainingOneof(); oneof != nil {
		f.Optional = oneof.IsSynthetic()
		if !oneof.IsSynthetic() {
			f.Oneof = string(oneof.Name())
		}
	}
	return f
}

func typeOf(field protoreflect.FieldDescriptor) string {
	switch {
	case field.IsMap():
		return "map<" + typeOf(field.MapKey()) + ", " + typeOf(field.MapValue()) + ">"
	case field.Message() != nil:
		return string(field.Message().FullName())
	case field.Enum() != nil:
		return string(field.Enum().FullName())
	}
	return field.Kind().String()
}
