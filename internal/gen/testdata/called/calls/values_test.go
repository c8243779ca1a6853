package calls

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"golden.test/recorder"
)

// TestEveryValueArrives sets every parameter and every result of every method to random values and compares them with
// what arrives at the other side.
func TestEveryValueArrives(t *testing.T) {
	forEachService(t, func(t *testing.T, s recorder.Service) {
		implementation := new(recorder.Implementation)
		client, _ := connect(t, s.Plugin(implementation))
		for _, m := range s.Methods {
			t.Run(m.Name, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) { checkValues(t, client, implementation, m) })
			})
		}
	})
}

func checkValues(t *rapid.T, client any, implementation *recorder.Implementation, m recorder.Method) {
	typ := reflect.ValueOf(client).MethodByName(m.Name).Type()
	var args, results []any
	for i, param := range m.Params {
		nilable := m.WholeRequest || !required(m.Request, param.Field)
		args = append(args, randomValue(t, slices(typ.In(i+1)), nilable).Interface())
	}
	for i, result := range m.Results {
		nilable := !m.WholeResponse && !required(m.Response, result.Field)
		results = append(results, randomValue(t, slices(typ.Out(i)), nilable).Interface())
	}
	if m.ServerStream && m.WholeResponse { // a nil message on a stream is an error
		results = arrived(results, true, true)
	}
	implementation.Return(recorder.Outcome{Results: results})
	got, err := call(t.Context(), client, m.Name, args...)
	if err != nil {
		t.Fatalf("%s(%v): %v", m.Name, args, err)
	}
	method, seen := implementation.Last()
	if method != m.Name {
		t.Fatalf("%s called the implementation's %q", m.Name, method)
	}
	equal(t, "arguments", arrived(args, m.WholeRequest, m.ClientStream), seen)
	equal(t, "results", arrived(results, m.WholeResponse, m.ServerStream), got)
}

// required reports whether a field of a message, if there is one, must be set.
func required(m proto.Message, name string) bool {
	if m == nil {
		return false
	}
	f := m.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(name))
	return f != nil && f.Cardinality() == protoreflect.Required
}

func equal(t *rapid.T, what string, want, got []any) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform(), cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
		t.Fatalf("%s differ (-sent +arrived):\n%s", what, diff)
	}
}

// arrived returns values as the wire can hold them: a nil message is an empty one where its place cannot be empty.
// A stream is a slice of such values.
func arrived(values []any, whole, stream bool) []any {
	var list []any
	for _, value := range values {
		v := reflect.ValueOf(value)
		if !v.IsValid() { // a callback that is not passed
			list = append(list, nil)
			continue
		}
		if stream {
			list = append(list, each(v, func(v reflect.Value) reflect.Value { return arrivedOne(v, whole) }).Interface())
		} else {
			list = append(list, arrivedOne(v, whole).Interface())
		}
	}
	return list
}

func arrivedOne(v reflect.Value, whole bool) reflect.Value {
	switch {
	case whole:
		return notNil(v)
	case v.Kind() == reflect.Slice && v.Len() > 0:
		return each(v, notNil)
	case v.Kind() == reflect.Map && v.Len() > 0:
		return eachOfMap(v)
	}
	return v
}

func each(v reflect.Value, convert func(reflect.Value) reflect.Value) reflect.Value {
	slice := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		slice.Index(i).Set(convert(v.Index(i)))
	}
	return slice
}

func eachOfMap(v reflect.Value) reflect.Value {
	m := reflect.MakeMap(v.Type())
	for _, key := range v.MapKeys() {
		m.SetMapIndex(key, notNil(v.MapIndex(key)))
	}
	return m
}

func notNil(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return reflect.New(v.Type().Elem())
	}
	return v
}
