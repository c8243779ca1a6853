package fromgo

import (
	"errors"
	"fmt"
	"go/types"
	"strings"
)

// partValue returns how one parameter or result crosses. An interface of the user's own, and a func, is a callback, as a
// parameter.
func (b *methodBuilder) partValue(p *part, hint, what string) (value, error) {
	named, ok := types.Unalias(p.Type()).(*types.Named)
	if ok && b.isCallback(named) {
		if what == "result" {
			return value{}, errors.New("an interface cannot be a result: return what identifies it, such as a string, and take that in the methods of this interface")
		}
		return b.callback(b.serviceOf(named.Obj())), nil
	}
	if isFunc(p.Type()) && what == "parameter" {
		s, err := b.serviceOfFunc(p, hint)
		if err != nil {
			return value{}, err
		}
		return b.callback(s), nil
	}
	return b.valueOf(p.Type(), hint)
}

// isCallback reports whether a host can pass an interface for a plugin to call.
func (b *methodBuilder) isCallback(t *types.Named) bool {
	iface, ok := t.Underlying().(*types.Interface)
	return ok && b.src.own(t.Obj().Pkg()) && t.TypeArgs().Len() == 0 && iface.IsMethodSet() && !iface.Empty()
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func (b *methodBuilder) callback(s *service) value {
	b.callbacks = append(b.callbacks, s)
	return value{scalar: "uint32", callback: s, goType: b.generatedType(s.GoName)}
}

// serviceOfFunc returns a service with one method, Call, for a func; an error where that cannot be carried. name is for a
// func whose type has none.
func (b *methodBuilder) serviceOfFunc(p *part, name string) (*service, error) {
	key := types.NewTypeName(p.Pos(), b.method.Pkg(), name, p.Type())
	named, ok := types.Unalias(p.Type()).(*types.Named)
	switch {
	case ok && named.TypeArgs().Len() > 0:
		return nil, refusedByName(named)
	case ok:
		key = named.Obj()
	}
	s, known := b.callable[key]
	if !known {
		s = b.serviceOf(key)
		sig, _ := p.Type().Underlying().(*types.Signature)
		s.ofFunc, s.methods = true, []*types.Func{types.NewFunc(key.Pos(), b.method.Pkg(), "Call", sig)}
		b.convert(s)
	}
	if s.done && len(s.RPCs) == 0 {
		return nil, fmt.Errorf("of a func that is a callback, %s", s.whyNot())
	}
	return s, nil
}

// whyNot says why the method of a func cannot be carried.
func (s *service) whyNot() string {
	var reasons []string
	for _, p := range s.problems {
		reasons = append(reasons, strings.TrimPrefix(p.Text, "method Call of "+s.iface.Name()+" is left out: "))
	}
	return strings.Join(reasons, "; ")
}
