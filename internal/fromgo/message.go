package fromgo

import (
	"go/types"
	"slices"
	"strings"
)

// structure returns the message that a struct becomes. Every exported field becomes a field of it; what a field cannot
// carry is listed with the message.
func (c *converter) structure(t types.Type, s *types.Struct, hint string) (value, error) {
	if m, ok := c.messages.At(t).(*message); ok {
		return c.messageValue(m), nil
	}
	if v, ok := textValue(t); ok {
		return v, nil
	}
	if err := c.refusedStruct(t, s); err != nil {
		return value{}, err
	}
	m := &message{}
	if named, ok := t.(*types.Named); ok {
		m.Name, m.Doc = c.nameOf(named), c.src.doc(named.Obj())
	} else {
		m.Name = c.taken.first(hint)
	}
	c.messages.Set(t, m) // before its fields, which may be of the same type
	scope := newFieldScope()
	for _, f := range fieldsOf(s) {
		c.addField(m, scope, f)
	}
	return c.messageValue(m), nil
}

// fieldsOf returns the fields of a struct. In place of an unexported struct that it embeds are that one's fields, if
// others see some of them through it.
func fieldsOf(s *types.Struct) []*types.Var {
	return appendFields(nil, s, map[*types.Struct]bool{})
}

// appendFields is fieldsOf behind a list. The structs above are those that embed s.
func appendFields(list []*types.Var, s *types.Struct, above map[*types.Struct]bool) []*types.Var {
	above[s] = true
	defer delete(above, s)
	own := names{}
	for f := range s.Fields() {
		own[f.Name()] = true
	}
	for f := range s.Fields() {
		inner, ok := embeddedStruct(f)
		if !ok || f.Exported() || above[inner] {
			list = append(list, f)
			continue
		}
		promoted := slices.DeleteFunc(appendFields(nil, inner, above), func(f *types.Var) bool { return own[f.Name()] })
		if !slices.ContainsFunc(promoted, (*types.Var).Exported) {
			promoted = []*types.Var{f}
		}
		list = append(list, promoted...)
	}
	return list
}

// embeddedStruct returns the struct that a field embeds.
func embeddedStruct(f *types.Var) (*types.Struct, bool) {
	t := f.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	return s, ok && f.Embedded()
}

// hidesAll reports whether other packages see no field of a struct.
func hidesAll(s *types.Struct) bool {
	return s.NumFields() > 0 && !slices.ContainsFunc(fieldsOf(s), (*types.Var).Exported)
}

// nameOf takes a name for a message or enum made from a named type.
func (c *converter) nameOf(t *types.Named) string {
	obj := t.Obj()
	name := pascal(obj.Name())
	if obj.Pkg() == nil {
		return c.taken.first(name)
	}
	return c.taken.first(name, pascal(obj.Pkg().Name())+name)
}

// addField adds a field of a struct to its message.
func (c *converter) addField(m *message, scope fieldScope, f *types.Var) {
	if !f.Exported() {
		m.problems = append(m.problems, c.problem(f, LeftOut, "field %s of %s is left out: it is unexported, so other packages do not see it", f.Name(), m.Name))
		return
	}
	v, err := c.valueOf(f.Type(), m.Name+pascal(f.Name()))
	if err != nil {
		m.problems = append(m.problems, c.problem(f, LeftOut, "field %s of %s (%s) is left out: %v", f.Name(), m.Name, c.typeString(f.Type()), err))
		return
	}
	if v.note != "" {
		m.problems = append(m.problems, c.problem(f, Changed, "field %s of %s (%s) %s", f.Name(), m.Name, c.typeString(f.Type()), v.note))
	}
	m.Fields = append(m.Fields, &field{value: v, Name: scope.name(f.Name()), Number: len(m.Fields) + 1, Doc: c.src.doc(f)})
}

// enumOf returns the enum that a named integer type with constants becomes, or nil. Flags, which are combined, and
// constants that an enum of .proto cannot hold are left to the integer.
func (c *converter) enumOf(t types.Type) *enum {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil
	}
	if e, known := c.enums[named.Obj()]; known {
		return e
	}
	var e *enum
	if constants := constantsOf(named); isEnum(constants) {
		e = c.enum(named, constants)
	}
	c.enums[named.Obj()] = e
	return e
}

// enum makes an enum of constants. It has their numbers, so that a Go conversion leads from one to the other.
func (c *converter) enum(t *types.Named, constants []constant) *enum {
	e := &enum{Name: c.nameOf(t), Doc: c.src.doc(t.Obj())}
	prefix := screaming(e.Name) + "_"
	if !slices.ContainsFunc(constants, func(k constant) bool { return k.number == 0 }) {
		e.Values = append(e.Values, enumValue{Name: c.taken.first(prefix + "UNSPECIFIED")})
	}
	named := map[int64]string{}
	for _, k := range constants {
		if first, twice := named[k.number]; twice {
			e.problems = append(e.problems, c.problem(k.Const, LeftOut, "constant %s is left out: %s has the same value", k.Name(), first))
			continue
		}
		named[k.number] = k.Name()
		v := enumValue{Name: c.taken.first(prefix + valueName(e.Name, k.Name())), Number: k.number, Doc: c.src.doc(k)}
		if k.number != 0 {
			e.Values = append(e.Values, v)
			continue
		}
		if !strings.HasSuffix(v.Name, "_UNSPECIFIED") {
			v.Doc = strings.TrimLeft(v.Doc+"\nbuf:lint:ignore ENUM_ZERO_VALUE_SUFFIX", "\n")
		}
		e.Values = slices.Insert(e.Values, 0, v) // proto3 wants it first
	}
	return e
}

// valueName returns the name of a constant without that of its type, which the enum's values have in front anyway.
func valueName(enumName, constantName string) string {
	name, prefix := screaming(constantName), screaming(enumName)+"_"
	if short := strings.TrimPrefix(name, prefix); short != "" {
		return short
	}
	return "VALUE" // the constant's name has no ASCII letters
}
