package fromgo

import (
	"fmt"
	"go/types"
	"slices"
)

// A stream is what a Go type holds that stands for a stream: an iterator, a channel, a reader or a writer.
type stream struct {
	elements []types.Type // one, or the two of an iterator over pairs; none for bytes
	output   bool         // the callee writes to it
	same     bool         // the generator uses the same type, for the same elements
}

// streamOf returns the stream that a type stands for, or nil. result says that it is a result.
func streamOf(t types.Type, result bool) *stream {
	switch {
	case isType(t, "io", "Reader"):
		return &stream{same: !result}
	case isType(t, "io", "ReadCloser"):
		return &stream{same: result}
	case isType(t, "io", "Writer"), isType(t, "io", "WriteCloser"):
		return &stream{output: true}
	}
	if elements := yielded(t); elements != nil {
		return iteratorOf(t, elements)
	}
	if ch, ok := t.Underlying().(*types.Chan); ok && ch.Dir() != types.SendRecv {
		return &stream{elements: []types.Type{ch.Elem()}, output: ch.Dir() == types.SendOnly}
	}
	return nil
}

// yielded returns what an iterator passes to its yield function; nil for what is no iterator.
func yielded(t types.Type) []types.Type {
	iterator, ok := t.Underlying().(*types.Signature)
	if !ok || iterator.Params().Len() != 1 || iterator.Results().Len() != 0 || iterator.Variadic() {
		return nil
	}
	yield, ok := iterator.Params().At(0).Type().Underlying().(*types.Signature)
	if !ok || yield.Params().Len() == 0 || yield.Params().Len() > 2 || yield.Results().Len() != 1 || yield.Variadic() ||
		!types.Identical(yield.Results().At(0).Type(), types.Typ[types.Bool]) {
		return nil
	}
	var elements []types.Type
	for element := range yield.Params().Variables() {
		elements = append(elements, element.Type())
	}
	return elements
}

// iteratorOf returns the stream of an iterator. The error of a pair is that of the call.
func iteratorOf(t types.Type, elements []types.Type) *stream {
	if len(elements) == 2 && isError(elements[1]) {
		return &stream{elements: elements[:1], same: isType(t, "iter", "Seq2")}
	}
	return &stream{elements: elements}
}

func isStream(parts []*part) bool { return len(parts) == 1 && parts[0].stream != nil }

// isBytes reports whether a side is a stream of bytes, which is a reader in Go.
func isBytes(parts []*part) bool { return isStream(parts) && parts[0].stream.elements == nil }

// findStreams finds the streams of the method, takes what the callee writes to as a result, and refuses a stream that
// is not alone on its side: a .proto file has no place for what is beside it.
func (b *methodBuilder) findStreams() {
	var outputs []*part
	b.params = slices.DeleteFunc(b.params, func(p *part) bool {
		p.stream = streamOf(p.Type(), false)
		if p.stream != nil && p.stream.output {
			outputs = append(outputs, p)
		}
		return p.stream != nil && p.stream.output
	})
	for _, p := range b.results {
		if p.stream = streamOf(p.Type(), true); p.stream != nil && p.stream.output {
			b.refuse(p.Var, "its result %s would be written to by the caller: take an iterator or an io.Reader as a parameter", b.describe(p))
		}
	}
	b.results = append(b.results, outputs...)
	b.refuseCompany(b.params, "parameter")
	b.refuseCompany(b.results, "result")
	if isStream(b.params) && isStream(b.results) && isBytes(b.params) != isBytes(b.results) {
		b.refuse(b.method, "it has a stream of bytes on one side and of values on the other: use iterators on both, such as iter.Seq2[[]byte, error]")
	}
}

// refuseCompany refuses streams that are not alone.
func (b *methodBuilder) refuseCompany(parts []*part, what string) {
	for _, p := range parts {
		if p.stream != nil && len(parts) > 1 {
			b.refuse(p.Var, "its stream %s is not its only %s: move the others into a method of their own", b.describe(p), what)
		}
	}
}

// carryStream decides how the elements of a stream cross.
func (b *methodBuilder) carryStream(p *part, what string) {
	if p.stream.elements == nil {
		p.fields = []*field{{value: value{scalar: "bytes"}, Name: "data", Number: 1}}
		p.same, p.goType = p.stream.same, "io.Reader"
		if what == "result" {
			p.goType = "io.ReadCloser"
		}
		return
	}
	scope := newFieldScope()
	for i, t := range p.stream.elements {
		v, err := b.valueOf(t, fmt.Sprintf("%sElement%d", pascal(b.method.Name()), i+1))
		if err != nil {
			b.refuse(p.Var, "its %s %s cannot be carried: the element %s: %v", what, b.describe(p), b.typeString(t), err)
			continue
		}
		b.note(p, what, v)
		p.fields = append(p.fields, &field{value: v, Name: scope.name(elementName(p, i)), Number: i + 1})
		p.same = p.stream.same && types.Identical(t, v.goType)
		p.goType = "iter.Seq2[" + b.typeString(v.goType) + ", error]"
	}
}

// elementName returns the Go name of what an element of a stream holds.
func elementName(p *part, i int) string {
	switch {
	case len(p.stream.elements) == 1:
		return nameByType(p.stream.elements[0])
	case i == 0:
		return "key"
	}
	return "value"
}
