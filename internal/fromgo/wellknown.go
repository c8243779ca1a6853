package fromgo

import (
	"go/token"
	"go/types"
	"path"
	"strings"
)

const (
	wellKnownPackages = "google.golang.org/protobuf/types/known/"
	timestampFile     = "google/protobuf/timestamp.proto"
	durationFile      = "google/protobuf/duration.proto"
	structFile        = "google/protobuf/struct.proto"
)

// isType reports whether a type is the one with a name in a package; that of error is "".
func isType(t types.Type, pkgPath, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Name() != name {
		return false
	}
	if named.Obj().Pkg() == nil {
		return pkgPath == ""
	}
	return named.Obj().Pkg().Path() == pkgPath
}

func isContext(t types.Type) bool { return isType(t, "context", "Context") }

func isError(t types.Type) bool { return isType(t, "", "error") }

// isAny reports whether a type is any. A named one means some types, and says which in its comment at best.
func isAny(t types.Type) bool {
	iface, ok := types.Unalias(t).(*types.Interface)
	return ok && iface.Empty()
}

// isJSONObject reports whether a map is a map[string]any.
func isJSONObject(m *types.Map) bool {
	key, ok := m.Key().Underlying().(*types.Basic)
	return ok && key.Kind() == types.String && isAny(m.Elem())
}

// jsonValue returns how what JSON can hold crosses: as a message of google/protobuf/struct.proto.
func jsonValue(name, holds string) value {
	return value{
		scalar: "google.protobuf." + name, file: structFile,
		goType: types.NewPointer(elsewhere(wellKnownPackages+"structpb", "structpb", name)),
		note:   "becomes " + holds + ": numbers arrive as float64, and a struct must be made a map first",
	}
}

// textValue returns how a struct crosses that hides its fields, and has a text from which another process makes it again.
func textValue(t types.Type) (value, bool) {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || !hidesAll(s) || !hasMethod(t, "MarshalText") || !hasMethod(t, "UnmarshalText") {
		return value{}, false
	}
	v := scalar("string", types.String)
	v.note = "becomes the text that its MarshalText returns and UnmarshalText reads"
	return v, true
}

// wellKnown returns how a type crosses that has a message of google.protobuf.
func wellKnown(t *types.Named) (value, bool) {
	switch {
	case isType(t, "time", "Time"):
		return value{scalar: "google.protobuf.Timestamp", file: timestampFile, goType: t}, true
	case isType(t, "time", "Duration"):
		return value{scalar: "google.protobuf.Duration", file: durationFile, goType: t}, true
	case t.Obj().Pkg() == nil || !strings.HasPrefix(t.Obj().Pkg().Path(), wellKnownPackages) || !isProtoMessage(t):
		return value{}, false
	}
	v := value{scalar: "google.protobuf." + t.Obj().Name(), goType: types.NewPointer(t)}
	switch pkg := path.Base(t.Obj().Pkg().Path()); pkg {
	case "timestamppb":
		v.file, v.goType = timestampFile, elsewhere("time", "time", "Time")
	case "durationpb":
		v.file, v.goType = durationFile, elsewhere("time", "time", "Duration")
	case "structpb":
		v.file = structFile
	case "anypb", "emptypb", "wrapperspb":
		v.file = "google/protobuf/" + strings.TrimSuffix(pkg, "pb") + ".proto"
	case "fieldmaskpb":
		v.file = "google/protobuf/field_mask.proto"
	default:
		return value{}, false
	}
	return v, true
}

// elsewhere stands for a type of a package, which the generator makes of a message where the original has another type.
func elsewhere(pkgPath, pkg, name string) types.Type {
	obj := types.NewTypeName(token.NoPos, types.NewPackage(pkgPath, pkg), name, nil)
	return types.NewNamed(obj, types.NewStruct(nil, nil), nil)
}

// isProtoMessage reports whether a type is a message that protoc-gen-go generated.
func isProtoMessage(t *types.Named) bool {
	return hasMethod(t, "ProtoReflect")
}

func hasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}
