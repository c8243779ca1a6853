package fromgo

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// A part is one parameter or result of a method, and how it crosses.
type part struct {
	*types.Var
	stream *stream
	fields []*field
	same   bool   // the generated method has the same type in its place
	goType string // the type that the generated method has
}

// A methodBuilder makes the rpc of one method.
type methodBuilder struct {
	*converter
	service         *service
	method          *types.Func
	params, results []*part
	callbacks       []*service
	refused         bool
	notes           []Problem // what parameters and results lose, for when the method is not refused

	name string // of the generated method
	asIs bool   // the generated signature is the method's own, as far as seen
	err  bool   // the method returns an error
}

// build returns the rpc of the method, but for its names, or nil after it has listed why there is none.
func (b *methodBuilder) build() *rpc {
	b.split()
	b.dropOptions()
	b.findStreams()
	b.carry(b.params, "parameter")
	b.carry(b.results, "result")
	if b.refused {
		return nil
	}
	for _, callee := range b.callbacks {
		b.service.callees = append(b.service.callees, callee)
		if b.service.queued {
			b.enqueue(callee)
		}
	}
	b.service.problems = append(b.service.problems, b.notes...)
	r := &rpc{Doc: b.src.doc(b.method), RequestIsStream: isStream(b.params), ResponseIsStream: isStream(b.results)}
	if !b.direct(r) {
		r.Request, r.Response = messageOf(b.params), messageOf(b.results)
	}
	return r
}

// refuse lists why a part of the method cannot be carried.
func (b *methodBuilder) refuse(obj types.Object, format string, args ...any) {
	b.refused = true
	b.service.add(b.problem(obj, LeftOut, "method %s of %s is left out: %s", b.method.Name(), b.service.iface.Name(), fmt.Sprintf(format, args...)))
}

// split sets the parameters and results of the method apart from its context and its error.
func (b *methodBuilder) split() {
	sig := b.method.Signature()
	b.asIs = !sig.Variadic()
	context := -1
	for i := range sig.Params().Len() {
		if p := sig.Params().At(i); context < 0 && isContext(p.Type()) {
			context = i
		} else {
			b.params = append(b.params, &part{Var: p})
		}
	}
	b.asIs = b.asIs && context == 0
	for i := range sig.Results().Len() {
		r := sig.Results().At(i)
		if i == sig.Results().Len()-1 && isError(r.Type()) {
			b.err = true
		} else {
			b.results = append(b.results, &part{Var: r})
		}
	}
	if fillsBuffer(b.method) {
		b.refuse(b.method, "it fills a buffer of its caller, who would see nothing of it in another process: return the bytes, or an io.ReadCloser")
	}
}

// fillsBuffer reports whether a method is like that of io.Reader, io.ReaderAt or net.PacketConn.
func fillsBuffer(m *types.Func) bool {
	sig := m.Signature()
	return strings.HasPrefix(m.Name(), "Read") && sig.Params().Len() > 0 && sig.Results().Len() > 1 &&
		types.Identical(sig.Params().At(0).Type(), types.NewSlice(types.Typ[types.Byte])) &&
		types.Identical(sig.Results().At(0).Type(), types.Typ[types.Int])
}

// dropOptions leaves out the last parameter where callers may, and it is what no list of a .proto file can hold: options
// that are funcs or interfaces.
func (b *methodBuilder) dropOptions() {
	if !b.method.Signature().Variadic() {
		return
	}
	last := len(b.params) - 1
	options, _ := b.params[last].Type().(*types.Slice)
	switch {
	case options == nil: // bytes of a string
		return
	case !types.IsInterface(options.Elem()) && !isFunc(options.Elem()) || isAny(options.Elem()):
		return
	}
	b.notes = append(b.notes, b.problem(b.params[last].Var, LeftOut, "parameter %s of %s of %s is left out, as callers of the method may do: a list of funcs or interfaces has no .proto type: use a struct with a field for each option",
		b.describe(b.params[last]), b.method.Name(), b.service.iface.Name()))
	b.params = b.params[:last]
}

// carry decides how parameters or results cross.
func (b *methodBuilder) carry(parts []*part, what string) {
	scope := newFieldScope()
	for i, p := range parts {
		if p.stream != nil {
			b.carryStream(p, what)
			continue
		}
		hint := b.hint(p, i, what)
		v, err := b.partValue(p, hint, what)
		if err != nil {
			b.refuse(p.Var, "its %s %s cannot be carried: %v", what, b.describe(p), err)
			continue
		}
		b.note(p, what, v)
		f := &field{value: v, Name: scope.name(nameOfPart(p)), Number: i + 1}
		f.forever = isBytes(b.results) // a reader does not tell when it is done
		p.fields = []*field{f}
		p.same, p.goType = types.Identical(p.Type(), v.goType), b.typeString(v.goType)
	}
}

// note lists what a value loses on its way.
func (b *methodBuilder) note(p *part, what string, v value) {
	if v.note != "" {
		b.notes = append(b.notes, b.problem(p.Var, Changed, "%s %s of %s of %s %s", what, b.describe(p), b.method.Name(), b.service.iface.Name(), v.note))
	}
}

// hint returns a name for what a part's type leaves without one.
func (b *methodBuilder) hint(p *part, i int, what string) string {
	if p.Name() != "" && p.Name() != "_" {
		return pascal(b.method.Name()) + pascal(p.Name())
	}
	return fmt.Sprintf("%s%s%d", pascal(b.method.Name()), pascal(what), i+1)
}

func (b *methodBuilder) describe(p *part) string {
	return strings.TrimPrefix(p.Name()+" "+b.typeString(p.Type()), " ")
}

// nameOfPart returns the Go name of a part, or one made from its type.
func nameOfPart(p *part) string {
	if p.Name() != "" && p.Name() != "_" {
		return p.Name()
	}
	return nameByType(p.Type())
}

func nameByType(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Name()
	case *types.Pointer:
		return nameByType(t.Elem())
	case *types.Slice:
		if !isByte(t.Elem()) {
			return strings.TrimSuffix(nameByType(t.Elem()), "s") + "s"
		}
	}
	return "value"
}

// messageOf returns a message of the fields of parts.
func messageOf(parts []*part) *message {
	m := &message{ofRPC: true}
	for _, p := range parts {
		m.Fields = append(m.Fields, p.fields...)
	}
	return m
}

// direct uses the message of a struct as the request and that of another as the response, where the method has nothing
// else and they are named for it: GetRequest and GetResponse.
func (b *methodBuilder) direct(r *rpc) bool {
	request, response := onlyMessage(b.params), onlyMessage(b.results)
	name := pascal(b.method.Name())
	if request == nil || response == nil || request.ofRPC || response.ofRPC ||
		!strings.HasSuffix(request.Name, name+"Request") || !strings.HasSuffix(response.Name, name+"Response") {
		return false
	}
	request.ofRPC, response.ofRPC = true, true
	r.Request, r.Response = request, response
	return true
}

// onlyMessage returns the message that the only part of a list crosses as.
func onlyMessage(parts []*part) *message {
	if len(parts) != 1 || len(parts[0].fields) != 1 || parts[0].stream != nil {
		return nil
	}
	if v := parts[0].fields[0].value; v.label == "" && v.key == "" {
		return v.message
	}
	return nil
}

// nameMessages names what is made for the rpc alone, writes its directive, and lists how its signature changes.
func (b *methodBuilder) nameMessages(r *rpc) {
	b.nameMessage(r.Request, r.Name+"Request")
	b.nameMessage(r.Response, r.Name+"Response")
	var keys []string
	if r.Name != b.name {
		keys = append(keys, "name="+b.name)
	}
	if r.Request == onlyMessage(b.params) {
		keys = append(keys, "style=message")
	}
	if isBytes(b.params) || isBytes(b.results) {
		keys = append(keys, "stream=io")
	}
	if len(keys) > 0 {
		r.Directive = "goplugin:method " + strings.Join(keys, " ")
	}
	b.compare(r)
}

// nameMessage names a message that has no name yet, as buf lint wants it.
func (b *methodBuilder) nameMessage(m *message, name string) {
	candidates := []string{name, b.service.Proto + name}
	if b.service.ofFunc {
		candidates = candidates[1:] // every func has a Call
	}
	if m.Name == "" {
		m.Name = b.taken.first(candidates...)
	}
}

// compare lists the signature that the generated method has, if it is another.
func (b *methodBuilder) compare(r *rpc) {
	params := []string{"ctx context.Context"}
	for _, p := range b.params {
		params = append(params, parameterName(p)+" "+b.generatedPart(p, r.Request))
		b.asIs = b.asIs && p.same
	}
	var results []string
	for _, p := range b.results {
		results = append(results, b.generatedPart(p, r.Response))
		b.asIs = b.asIs && p.same
	}
	if isStream(b.results) && !isBytes(b.results) {
		b.asIs = b.asIs && !b.err // an iterator yields its error
	} else {
		results = append(results, "error")
		b.asIs = b.asIs && b.err
	}
	if !b.asIs {
		b.changed(params, results)
	}
}

// changed lists the signature of the generated method.
func (b *methodBuilder) changed(params, results []string) {
	b.service.changed = true
	out := strings.Join(results, ", ")
	if len(results) > 1 {
		out = "(" + out + ")"
	}
	becomes := fmt.Sprintf("%s(%s) %s", b.name, strings.Join(params, ", "), out)
	was := strings.TrimPrefix(b.typeString(b.method.Signature()), "func")
	if b.name != b.method.Name() {
		was += " (go vet lets nothing of that name have another signature)"
	}
	if b.service.ofFunc {
		b.service.add(b.problem(b.method, Changed, "func%s becomes the interface %s.%s with the method %s", was, b.generated.Name(), b.service.GoName, becomes))
		return
	}
	b.service.add(b.problem(b.method, Changed, "method %s of %s becomes %s; it was %s%s", b.method.Name(), b.service.iface.Name(), becomes, b.method.Name(), was))
}

// parameterName returns the name of a parameter in the generated method, beside its ctx.
func parameterName(p *part) string {
	switch name := p.Name(); name {
	case "", "_":
		return lowerCamel(p.fields[0].Name)
	case "ctx":
		return "ctx_"
	default:
		return name
	}
}

// generatedPart returns the Go type of a part in the generated method. An element of a stream that has two fields is the
// message, whose name is known last.
func (b *methodBuilder) generatedPart(p *part, m *message) string {
	if len(p.fields) == 2 {
		return fmt.Sprintf("iter.Seq2[*%s.%s, error]", b.generated.Name(), m.Name)
	}
	return p.goType
}

func sortByPosition(list []*types.Func) {
	slices.SortFunc(list, func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) })
}

// firstOfEachName drops the methods that several embedded interfaces share.
func firstOfEachName(list []*types.Func) []*types.Func {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(m *types.Func) bool {
		again := seen[m.Id()]
		seen[m.Id()] = true
		return again
	})
}
