package calls

import (
	"context"
	"math"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"golden.test/recorder"
)

// invalid returns a message with one field whose times and durations no Go value can hold, and required fields set.
func invalid(empty proto.Message, field string, seconds int64, nanos int32) proto.Message {
	m := empty.ProtoReflect().New()
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); f.Cardinality() == protoreflect.Required {
			m.Set(f, m.NewField(f))
		}
	}
	f := fields.ByName(protoreflect.Name(field))
	var bad protoreflect.Message
	switch {
	case f.IsMap():
		value := m.Mutable(f).Map().NewValue()
		bad = value.Message()
		key := protoreflect.ValueOfString("k").MapKey()
		if f.MapKey().Kind() != protoreflect.StringKind {
			key = protoreflect.ValueOfInt32(1).MapKey()
		}
		m.Mutable(f).Map().Set(key, value)
	case f.IsList():
		bad = m.Mutable(f).List().AppendMutable().Message()
	default:
		bad = m.Mutable(f).Message()
	}
	bad.Set(bad.Descriptor().Fields().ByName("seconds"), protoreflect.ValueOfInt64(seconds))
	bad.Set(bad.Descriptor().Fields().ByName("nanos"), protoreflect.ValueOfInt32(nanos))
	return m.Interface()
}

// invalidTimes are seconds and nanoseconds that are neither a timestamp nor a time.Duration.
var invalidTimes = []struct {
	seconds int64
	nanos   int32
}{{math.MinInt64, 0}, {math.MaxInt64, 0}, {0, math.MaxInt32}, {0, math.MinInt32}, {1, -1}, {300_000_000_000, 0}}

func TestInvalidTimesOfACaller(t *testing.T) {
	checked := 0
	forEachService(t, func(t *testing.T, s recorder.Service) {
		implementation := new(recorder.Implementation)
		_, cc := connect(t, s.Plugin(implementation))
		for _, m := range s.Methods {
			for _, param := range m.Params {
				for _, bad := range invalidTimes {
					if !param.Checked || m.ClientStream || m.ServerStream {
						continue
					}
					checked++
					implementation.Return(recorder.Outcome{})
					err := cc.Invoke(t.Context(), m.Path, invalid(m.Request, param.Field, bad.seconds, bad.nanos), proto.Clone(m.Response))
					if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "request field "+param.Field+": ") {
						t.Errorf("%s: field %s with %v: %v", m.Name, param.Field, bad, err)
					}
					if method, _ := implementation.Last(); method != "" {
						t.Errorf("%s: field %s with %v reached the implementation", m.Name, param.Field, bad)
					}
				}
			}
		}
	})
	if checked == 0 {
		t.Error("no golden has a time as a parameter")
	}
}

// An answering connection answers every call with one response.
type answering struct {
	grpc.ClientConnInterface
	response proto.Message
}

func (a answering) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	proto.Merge(reply.(proto.Message), a.response)
	return nil
}

func TestInvalidTimesOfAPlugin(t *testing.T) {
	checked := 0
	forEachService(t, func(t *testing.T, s recorder.Service) {
		for _, m := range s.Methods {
			for i, result := range m.Results {
				for _, bad := range invalidTimes {
					if !result.Checked || m.ClientStream || m.ServerStream {
						continue
					}
					checked++
					client := s.Client(answering{response: invalid(m.Response, result.Field, bad.seconds, bad.nanos)})
					results, err := call(t.Context(), client, m.Name)
					if status.Code(err) != codes.Internal || !strings.HasPrefix(err.Error(), "response field "+result.Field+": ") {
						t.Errorf("%s: field %s with %v: %v and %v", m.Name, result.Field, bad, results[i], err)
					}
				}
			}
		}
	})
	if checked == 0 {
		t.Error("no golden has a time as a result")
	}
}
