package inspect

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// unknownField looks for the first member of a JSON object, or of one in it, that is no field of its message, and says
// which fields there are. The path of the member is as in JSONPath: a.b[2].c.
func unknownField(message protoreflect.MessageDescriptor, raw json.RawMessage) (problem string, found bool) {
	return unknownMember(message, raw, "")
}

func unknownMember(message protoreflect.MessageDescriptor, raw json.RawMessage, path string) (string, bool) {
	var members map[string]json.RawMessage
	if _, special := wholeExample(message); special || json.Unmarshal(raw, &members) != nil {
		return "", false // an own form of JSON, or no object, of which protojson says what is wrong
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		field := message.Fields().ByJSONName(name)
		if field == nil {
			field = message.Fields().ByTextName(name)
		}
		if field == nil && len(name) > 0 && name[0] != '[' { // an extension has brackets
			return fmt.Sprintf("unknown field %q of message %s%s", path+name, message.FullName(), suggestion(name, jsonNames(message))), true
		}
		if field == nil {
			continue
		}
		if problem, found := unknownIn(field, members[name], path+name); found {
			return problem, true
		}
	}
	return "", false
}

// unknownIn looks into the messages of a field.
func unknownIn(field protoreflect.FieldDescriptor, raw json.RawMessage, path string) (string, bool) {
	switch {
	case field.IsMap() && field.MapValue().Message() != nil:
		var entries map[string]json.RawMessage
		_ = json.Unmarshal(raw, &entries) // what is no object has no members
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			if problem, found := unknownMember(field.MapValue().Message(), entries[key], fmt.Sprintf("%s[%q].", path, key)); found {
				return problem, true
			}
		}
	case field.IsList() && field.Message() != nil:
		var elements []json.RawMessage
		_ = json.Unmarshal(raw, &elements) // what is no array has no elements
		for i, element := range elements {
			if problem, found := unknownMember(field.Message(), element, fmt.Sprintf("%s[%d].", path, i)); found {
				return problem, true
			}
		}
	case field.Message() != nil && !field.IsMap():
		return unknownMember(field.Message(), raw, path+".")
	}
	return "", false
}

// jsonNames returns the names that the fields of a message have in JSON.
func jsonNames(message protoreflect.MessageDescriptor) []string {
	var names []string
	for i := range message.Fields().Len() {
		names = append(names, message.Fields().Get(i).JSONName())
	}
	return names
}
