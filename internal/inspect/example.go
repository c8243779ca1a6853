package inspect

import (
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Example returns a message in JSON on one line, with all its fields, but one of each oneof, and of messages in it nothing.
func Example(message protoreflect.MessageDescriptor) string {
	if whole, ok := wholeExample(message); ok {
		return whole
	}
	var members []string
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		if oneof := field.ContainingOneof(); oneof != nil && oneof.Fields().Get(0) != field {
			continue
		}
		members = append(members, quoted(field.JSONName())+": "+fieldExample(field))
	}
	return "{" + strings.Join(members, ", ") + "}"
}

func quoted(text string) string {
	bytes, _ := json.Marshal(text) // of a string, it does not fail
	return string(bytes)
}

func fieldExample(field protoreflect.FieldDescriptor) string {
	switch {
	case field.IsMap():
		return "{}"
	case field.IsList():
		return "[]"
	case field.Message() != nil:
		if whole, ok := wholeExample(field.Message()); ok {
			return whole
		}
		return "{}"
	}
	return scalarExample(field)
}

func scalarExample(field protoreflect.FieldDescriptor) string {
	switch field.Kind() {
	case protoreflect.BoolKind:
		return "false"
	case protoreflect.StringKind, protoreflect.BytesKind:
		return `""`
	case protoreflect.EnumKind:
		if field.Enum().FullName() == "google.protobuf.NullValue" {
			return "null"
		}
		return quoted(string(field.Enum().Values().Get(0).Name()))
	}
	return "0"
}

// wholeExample returns an example of a message whose JSON is not that of its fields (the ProtoJSON format).
func wholeExample(message protoreflect.MessageDescriptor) (string, bool) {
	switch message.FullName() {
	case "google.protobuf.Timestamp":
		return `"1970-01-01T00:00:00Z"`, true
	case "google.protobuf.Duration":
		return `"0s"`, true
	case "google.protobuf.FieldMask":
		return `""`, true
	case "google.protobuf.Struct", "google.protobuf.Any":
		return "{}", true
	case "google.protobuf.ListValue":
		return "[]", true
	case "google.protobuf.Value":
		return "null", true
	}
	if message.ParentFile().Path() == wrapperspb.File_google_protobuf_wrappers_proto.Path() {
		return scalarExample(message.Fields().Get(0)), true
	}
	return "", false
}
