package fromgo

import (
	"errors"
	"fmt"
	"go/types"
	"strings"
)

// refusedByName says why a named type cannot cross, whatever it is made of.
func refusedByName(t *types.Named) error {
	switch {
	case isError(t):
		return errors.New("an error can only be the last result: use its text")
	case isContext(t):
		return errors.New("a context can only be a parameter by itself, and only one: remove it")
	case t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == "iter":
		return errors.New("an iterator can only be a parameter or a result by itself: move it there, or use a slice")
	case t.TypeArgs().Len() > 0:
		return fmt.Errorf("%s is an instance of a generic type, which has no name of its own: declare a type for it, such as \"type %s %s\"", typeName(t), instanceName(t), typeName(t))
	case !types.IsInterface(t) && isProtoMessage(t):
		return errors.New("it is a message of another .proto file, which this one does not import: add the import and the field by hand")
	}
	return nil
}

// typeName returns a type with the names of its packages.
func typeName(t types.Type) string {
	return types.TypeString(t, (*types.Package).Name)
}

// instanceName returns a name for an instance of a generic type: StringPage for Page[string].
func instanceName(t *types.Named) string {
	var b strings.Builder
	for arg := range t.TypeArgs().Types() {
		b.WriteString(wrapperName(arg))
	}
	return b.String() + t.Obj().Name()
}

// refusedInterface says why an interface cannot cross where no callback can be.
func (c *converter) refusedInterface(t types.Type, iface *types.Interface) error {
	named, ok := t.(*types.Named)
	switch {
	case iface.Empty():
		return fmt.Errorf("%s can hold anything, which no .proto type can: name what it holds, such as a struct with a field for each case, or use any, which becomes what JSON can hold", typeName(t))
	case !iface.IsMethodSet():
		return errors.New("a constraint has no values: use one of its types")
	case streamOf(t, false) != nil:
		return errors.New("a reader or writer can only be a parameter or a result by itself: move it there, or use a []byte")
	case !ok:
		return errors.New("an interface needs a name to become a callback: declare it as a type")
	case !c.src.own(named.Obj().Pkg()):
		return fmt.Errorf("the interface %s is declared outside of your module: declare one of your own with the methods that the plugin needs", typeName(t))
	}
	return fmt.Errorf("the interface %s can only be a parameter of a method, where it becomes a callback: pass it there", named.Obj().Name())
}

// refusedChannel says why a channel cannot cross where no stream can be, or without a direction anywhere.
func refusedChannel(ch *types.Chan) error {
	if elem := typeName(ch.Elem()); ch.Dir() == types.SendRecv {
		return fmt.Errorf("a channel for both ways has no .proto type: use one that says which side sends, <-chan %s or chan<- %s, as a parameter or result by itself", elem, elem)
	}
	return errors.New("a channel can only be a parameter or a result by itself: move it there, or use a slice")
}

// refusedStruct says why a struct cannot cross at all: another process would see nothing of it.
func (c *converter) refusedStruct(t types.Type, s *types.Struct) error {
	if !hidesAll(s) {
		return nil
	}
	if hasMethod(t, "MarshalText") {
		return fmt.Errorf("the struct %s hides its fields, and has no UnmarshalText beside its MarshalText: use a string", typeName(t))
	}
	if hasMethod(t, "MarshalBinary") {
		return fmt.Errorf("the struct %s hides its fields: use a []byte, as it has the method MarshalBinary", typeName(t))
	}
	if named, ok := t.(*types.Named); ok && !c.src.own(named.Obj().Pkg()) {
		return fmt.Errorf("the struct %s has no exported fields: use a struct of your own with what the other process needs", typeName(t))
	}
	return fmt.Errorf("the struct %s has no exported fields: export what the other process needs", typeName(t))
}

// kindOf says what a type is, in words.
func kindOf(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return "a struct"
	case *types.Pointer:
		return "a pointer"
	case *types.Slice:
		return "a slice"
	case *types.Array:
		return "an array"
	case *types.Map:
		return "a map"
	case *types.Interface:
		return "an interface"
	case *types.Signature:
		return "a func"
	case *types.Chan:
		return "a channel"
	default:
		return u.String()
	}
}
