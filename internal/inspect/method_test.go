package inspect

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

func TestMethod(t *testing.T) {
	p := start(t, target(t, "serve"))
	for _, tt := range []struct{ name, want, wrong string }{
		{name: "grpc.testing.TestService/UnaryCall", want: "grpc.testing.TestService/UnaryCall"},
		{name: "/grpc.testing.TestService/UnaryCall", want: "grpc.testing.TestService/UnaryCall"},
		{name: "TestService/UnaryCall", want: "grpc.testing.TestService/UnaryCall"},
		{name: "Health/Check", want: "grpc.health.v1.Health/Check"},
		{name: "ServerReflection/ServerReflectionInfo", wrong: `2 services are called "ServerReflection": give one of grpc.reflection.v1.ServerReflection, grpc.reflection.v1alpha.ServerReflection`},
		{name: "TestServise/UnaryCall", wrong: `the plugin serves no service "TestServise": did you mean grpc.testing.TestService?`},
		{name: "Greeter/UnaryCall", wrong: `the plugin serves no service "Greeter": there is grpc.testing.TestService`},
		{name: "TestService/Unary", wrong: `service grpc.testing.TestService has no method "Unary": did you mean UnaryCall?`},
		{name: "TestService/unarycall", wrong: `did you mean UnaryCall?`},
		{name: "TestService/EmtyCal", wrong: `did you mean EmptyCall?`},
		{name: "TestService/Delete", wrong: `has no method "Delete": there is EmptyCall, UnaryCall`},
		{name: "UnaryCall", wrong: `method "UnaryCall": expected SERVICE/METHOD`},
		{name: "/UnaryCall", wrong: `expected SERVICE/METHOD`},
		{name: "TestService/", wrong: `expected SERVICE/METHOD`},
	} {
		method, err := p.Method(tt.name)
		if tt.wrong == "" && (err != nil || pathOf(method) != tt.want) {
			t.Errorf("%s: %v, %v", tt.name, method, err)
		}
		if tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
			t.Errorf("%s: %v, expected %q", tt.name, err, tt.wrong)
		}
	}
	if methods, err := p.Methods(); err != nil || methods[0] != "grpc.testing.TestService/EmptyCall" {
		t.Errorf("Methods: %v, %v", methods, err)
	}
}

// TestMethodUnknown holds what is said where methods cannot be known.
func TestMethodUnknown(t *testing.T) {
	for behaviour, want := range map[string]string{"net/rpc": "speaks net/rpc", "no reflection": "serves no reflection"} {
		if _, err := start(t, target(t, behaviour)).Method("a.B/C"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %q", behaviour, err, want)
		}
	}
}

// TestExampleIsAccepted holds that what is offered to copy can be sent, for every message that is linked in here.
func TestExampleIsAccepted(t *testing.T) {
	seen := 0
	protoregistry.GlobalTypes.RangeMessages(func(message protoreflect.MessageType) bool {
		seen++
		text := Example(message.Descriptor())
		// Any of nothing is what {} is; a required field of a message within is not asked for.
		options := protojson.UnmarshalOptions{AllowPartial: true}
		if err := options.Unmarshal([]byte(text), dynamicpb.NewMessage(message.Descriptor())); err != nil {
			t.Errorf("%s: %s: %v", message.Descriptor().FullName(), text, err)
		}
		return true
	})
	if seen < 100 {
		t.Errorf("%d messages, expected more", seen)
	}
}

func TestExample(t *testing.T) {
	message := newMessage(t, `
		name: "in.proto" syntax: "proto3" dependency: "google/protobuf/timestamp.proto" dependency: "google/protobuf/wrappers.proto"
		enum_type { name: "Colour" value { name: "RED" number: 0 } }
		message_type {
			name: "Request"
			oneof_decl { name: "choice" }
			field { name: "user_name" json_name: "userName" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
			field { name: "tags" number: 2 type: TYPE_STRING label: LABEL_REPEATED }
			field { name: "colour" number: 3 type: TYPE_ENUM type_name: ".Colour" label: LABEL_OPTIONAL }
			field { name: "when" number: 4 type: TYPE_MESSAGE type_name: ".google.protobuf.Timestamp" label: LABEL_OPTIONAL }
			field { name: "limit" number: 5 type: TYPE_MESSAGE type_name: ".google.protobuf.Int64Value" label: LABEL_OPTIONAL }
			field { name: "parent" number: 6 type: TYPE_MESSAGE type_name: ".Request" label: LABEL_OPTIONAL }
			field { name: "by_id" number: 7 type: TYPE_INT32 label: LABEL_OPTIONAL oneof_index: 0 }
			field { name: "by_name" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 }
		}`)
	want := `{"userName": "", "tags": [], "colour": "RED", "when": "1970-01-01T00:00:00Z", "limit": 0, "parent": {}, "byId": 0}`
	if got := Example(message); got != want {
		t.Errorf("got %s\nexpected %s", got, want)
	}
}

// newMessage returns the first message of a file.
func newMessage(t *testing.T, text string) protoreflect.MessageDescriptor {
	t.Helper()
	file := new(descriptorpb.FileDescriptorProto)
	if err := prototext.Unmarshal([]byte(text), file); err != nil {
		t.Fatal(err)
	}
	descriptor, err := protodesc.NewFile(file, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return descriptor.Messages().Get(0)
}
