package gen

import (
	"fmt"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// With stream=io, a stream of bytes is an io.Reader or an io.ReadCloser in Go, and its messages are chunks.

// bytes returns the side of an rpc that is a stream of bytes. at is where a directive says so.
func (b *methodBuilder) bytes(m *protogen.Message, at Position) side {
	if len(m.Fields) != 1 || !isBytes(m.Fields[0]) {
		b.ps.addf(at, "stream=io takes a stream of messages with one bytes field, found %s with %s: give it such a message, or leave stream=io out",
			m.Desc.FullName(), fieldsText(m))
		return side{message: m, whole: true, plans: []plan{{Value: &Value{Type: "[]byte"}, encode: asIs, decode: asIs}}}
	}
	p := b.fields.field(m.Fields[0])
	getter, _ := m.Fields[0].MethodName("Get")
	p.decode = func(string) string { return getter }
	return side{message: m, plans: []plan{p}}
}

func isBytes(f *protogen.Field) bool {
	return f.Desc.Kind() == protoreflect.BytesKind && !f.Desc.IsList() && !inOneof(f)
}

// fieldsText says how many fields a message has, and of which type the only one is.
func fieldsText(m *protogen.Message) string {
	switch len(m.Fields) {
	case 0:
		return "no field"
	case 1:
		f := m.Fields[0].Desc
		return fmt.Sprintf("the field %s %s %s", f.Cardinality(), f.Kind(), f.Name())
	}
	return fmt.Sprintf("%d fields", len(m.Fields))
}

// checkCallbacksOfBytes reports callbacks that end with a call whose end the adapter does not see: that of a reader
// which is handed out.
func (b *methodBuilder) checkCallbacksOfBytes(p *methodPlan, settings methodSettings) {
	if !p.Bytes || !p.Shape.FromServer() {
		return
	}
	for _, v := range p.request.plans {
		if v.Callback != nil && !v.Callback.Forever {
			b.ps.addf(settings.stream.at, "field %s is a callback for the call, which stream=io cannot tell the end of: write lifetime=plugin above the field, or leave stream=io out", v.Proto)
		}
	}
}
