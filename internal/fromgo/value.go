package fromgo

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"go/types"
)

// A value is how a Go type crosses the boundary: the type of a field in the .proto file, and the Go type that the
// generator makes of that field.
type value struct {
	label    string // repeated, optional or none
	key      string // type of a map's keys
	scalar   string // string, or google.protobuf.Timestamp
	file     string // that declares it, if the file itself does not
	message  *message
	enum     *enum
	callback *service
	goType   types.Type
	note     string // what the value loses on its way; empty for nothing that its types do not show
}

// isElement reports whether a value can be in a list or a map.
func (v value) isElement() bool { return v.label == "" && v.key == "" && v.callback == nil }

// nullable reports whether a field of the value is a pointer in Go where it is optional.
func (v value) nullable() bool { return v.isElement() && v.message == nil && v.file == "" }

func scalar(name string, kind types.BasicKind) value {
	return value{scalar: name, goType: types.Typ[kind]}
}

// valueOf returns how a type crosses, or why it cannot and what to do. hint names what has no name.
func (c *converter) valueOf(t types.Type, hint string) (value, error) {
	t = types.Unalias(t)
	if named, ok := t.(*types.Named); ok {
		if v, done, err := c.byName(named); done {
			return v, err
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basic(u)
	case *types.Slice:
		return c.list(u.Elem(), hint)
	case *types.Array:
		return c.list(u.Elem(), hint)
	case *types.Map:
		return c.mapping(u, hint)
	case *types.Pointer:
		return c.pointer(u, hint)
	case *types.Struct:
		return c.structure(t, u, hint)
	case *types.Interface:
		if isAny(t) {
			return jsonValue("Value", "what JSON can hold"), nil
		}
		return value{}, c.refusedInterface(t, u)
	case *types.Signature:
		return value{}, errors.New("a func can only be a parameter of a method, where it becomes a callback: pass it there")
	case *types.Chan:
		return value{}, refusedChannel(u)
	}
	return value{}, fmt.Errorf("%s has no form in a .proto file", t)
}

// byName returns how a named type crosses, or why it cannot, where that is settled by its name or by its constants.
func (c *converter) byName(t *types.Named) (v value, done bool, err error) {
	if v, known := wellKnown(t); known {
		return v, true, nil
	}
	if err := refusedByName(t); err != nil {
		return value{}, true, err
	}
	if e := c.enumOf(t); e != nil {
		return value{enum: e, goType: c.generatedType(e.Name)}, true, nil
	}
	return value{}, false, nil
}

// basic returns how a basic type crosses.
func basic(b *types.Basic) (value, error) {
	switch b.Kind() {
	case types.Bool:
		return scalar("bool", types.Bool), nil
	case types.String:
		return scalar("string", types.String), nil
	case types.Int, types.Int64:
		return scalar("int64", types.Int64), nil
	case types.Int8, types.Int16, types.Int32:
		return scalar("int32", types.Int32), nil
	case types.Uint, types.Uint64:
		return scalar("uint64", types.Uint64), nil
	case types.Uint8, types.Uint16, types.Uint32:
		return scalar("uint32", types.Uint32), nil
	case types.Float32:
		return scalar("float", types.Float32), nil
	case types.Float64:
		return scalar("double", types.Float64), nil
	case types.Complex64, types.Complex128:
		return value{}, errors.New("a complex number has no .proto type: use its two parts")
	}
	return value{}, errors.New("an address means nothing in another process: use the value there")
}

// list returns how a slice or array crosses. Bytes are one value.
func (c *converter) list(elem types.Type, hint string) (value, error) {
	if isByte(elem) && c.enumOf(elem) == nil {
		return value{scalar: "bytes", goType: types.NewSlice(types.Universe.Lookup("byte").Type())}, nil
	}
	v, err := c.element(elem, hint)
	if err != nil {
		return value{}, err
	}
	v.label, v.goType = "repeated", types.NewSlice(v.goType)
	return v, nil
}

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

// mapping returns how a map crosses.
func (c *converter) mapping(m *types.Map, hint string) (value, error) {
	if isJSONObject(m) {
		return jsonValue("Struct", "what a JSON object can hold"), nil
	}
	key, err := mapKey(m.Key())
	if err != nil {
		return value{}, err
	}
	v, err := c.element(m.Elem(), hint)
	if err != nil {
		return value{}, err
	}
	v.key, v.goType, v.note = key.scalar, types.NewMap(key.goType, v.goType), cmp.Or(v.note, key.note)
	return v, nil
}

// mapKey returns how a key crosses: as its basic type, since an enum cannot be one.
func mapKey(t types.Type) (value, error) {
	if v, ok := textValue(t); ok {
		return v, nil
	}
	if b, ok := t.Underlying().(*types.Basic); ok {
		if v, err := basic(b); err == nil && v.scalar != "float" && v.scalar != "double" {
			return v, nil
		}
	}
	return value{}, fmt.Errorf("the key of a map must be a string, a bool or an integer, and %s is none: use a slice of structs with a key and a value", kindOf(t))
}

// element returns how a type crosses inside a list or map: a list or map there needs a message around it.
func (c *converter) element(t types.Type, hint string) (value, error) {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Array:
		if m, isMap := t.Underlying().(*types.Map); c.isBytes(t) || isMap && isJSONObject(m) {
			break
		}
		return c.wrapped(t, hint)
	}
	v, err := c.valueOf(t, hint)
	if p, ok := t.Underlying().(*types.Pointer); ok && v.label == "optional" && hasFields(p.Elem()) {
		v.label, v.goType = "", v.goType.(*types.Pointer).Elem() // as for a message: nil arrives as an empty one
	}
	if err == nil && !v.isElement() {
		err = errors.New("a list or map cannot hold pointers to values, which may be nil: use the values themselves")
	}
	return v, err
}

func hasFields(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func (c *converter) isBytes(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return isByte(u.Elem()) && c.enumOf(u.Elem()) == nil
	case *types.Array:
		return isByte(u.Elem()) && c.enumOf(u.Elem()) == nil
	}
	return false
}

// pointer returns how a pointer crosses: to a struct as a message, to a value as an optional field.
func (c *converter) pointer(p *types.Pointer, hint string) (value, error) {
	switch p.Elem().Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Array, *types.Map, *types.Interface:
		return value{}, fmt.Errorf("a pointer to %s has no .proto type: use %s", kindOf(p.Elem()), kindOf(p.Elem()))
	}
	v, err := c.valueOf(p.Elem(), hint)
	if err == nil && v.nullable() {
		v.label, v.goType = "optional", types.NewPointer(v.goType)
	}
	return v, err
}

// wrapped returns a message around a list or map.
func (c *converter) wrapped(t types.Type, hint string) (value, error) {
	if m, ok := c.messages.At(t).(*message); ok {
		return c.messageValue(m), nil
	}
	name := "entries"
	if _, isMap := t.Underlying().(*types.Map); !isMap {
		name = "values"
	}
	m := &message{Name: c.taken.first(wrapperName(t))}
	c.messages.Set(t, m) // before its element, which may hold it
	v, err := c.valueOf(t, hint)
	if err != nil {
		c.messages.Delete(t)
		return value{}, err
	}
	m.Doc = fmt.Sprintf("%s holds what is a %s in Go: in a .proto file, a list or map cannot be inside another.", m.Name, c.typeString(t))
	m.Fields = []*field{{value: v, Name: name, Number: 1}}
	m.note = v.note
	return c.messageValue(m), nil
}

// wrapperName returns a name for the message around a list or map: each element of a [][]string is a StringList.
func wrapperName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return pascal(t.Obj().Name())
	case *types.Basic:
		return pascal(t.Name())
	case *types.Pointer:
		return wrapperName(t.Elem())
	case *types.Slice:
		return wrapperName(t.Elem()) + "List"
	case *types.Array:
		return wrapperName(t.Elem()) + "List"
	case *types.Map:
		return wrapperName(t.Key()) + wrapperName(t.Elem()) + "Map"
	}
	return "Element" // a struct without a name
}

func (c *converter) messageValue(m *message) value {
	return value{message: m, goType: types.NewPointer(c.generatedType(m.Name)), note: m.note}
}

// generatedType returns the type of a name in the package that is to be generated.
func (c *converter) generatedType(name string) types.Type {
	return types.NewNamed(types.NewTypeName(token.NoPos, c.generated, name, nil), types.NewStruct(nil, nil), nil)
}

// typeString returns a type as the file that declares it would write it, with the names of packages.
func (c *converter) typeString(t types.Type) string {
	return types.TypeString(t, func(pkg *types.Package) string {
		if pkg == c.src.targets[0] {
			return ""
		}
		return pkg.Name()
	})
}
