package gen

import (
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/gofeaturespb"
)

// A fieldBuilder makes the Go values of message fields for one generated file. It notes the imports and helpers
// that they need.
type fieldBuilder struct {
	imports *imports
	helpers *Helpers
}

// A plan is a value whose names are not chosen yet: they depend on every import of the file.
type plan struct {
	*Value
	encode func(name string) string // the expression for the message's field, over the Go value
	decode func(msg string) string  // the expression for the Go value, over the message
	called *protogen.Service        // of a callback: what can be called
}

// asIs encodes a value that the message takes as it is.
func asIs(name string) string { return name }

// field returns the plan of one field.
func (b fieldBuilder) field(f *protogen.Field) plan {
	v := &Value{Proto: string(f.Desc.Name()), Field: structField(f)}
	p := plan{Value: v, encode: asIs, decode: get(f)}
	switch {
	case f.Desc.IsMap():
		b.container(&p, "map["+b.scalar(f.Message.Fields[0])+"]", f.Message.Fields[1], "Map")
	case f.Desc.IsList():
		b.container(&p, "[]", f, "Slice")
	case isTime(f):
		v.Type, v.Zero, v.Checked = b.element(f), b.element(f)+"{}", true
		p.decode, b.helpers.ToTime = wrap("gopluginToTime", p.decode), true
		p.encode = b.orRequired(f, timestampPath, "gopluginFromTime", &b.helpers.FromTime)
	case isDuration(f):
		v.Type, v.Zero, v.Checked = b.element(f), "0", true
		p.decode, b.helpers.ToDuration = wrap("gopluginToDuration", p.decode), true
		p.encode = b.orRequired(f, durationPath, "gopluginFromDuration", &b.helpers.FromDuration)
	case f.Message != nil:
		v.Type, v.Zero = b.element(f), "nil"
	default:
		v.Type, v.Zero = b.element(f), zeroOf(f)
		b.presence(&p, f)
	}
	return p
}

// orRequired returns the expression that encodes a time or duration: by a helper, which leaves a zero out, or by New of
// the message's own package where the field is required.
func (b fieldBuilder) orRequired(f *protogen.Field, importPath, helper string, used *bool) func(string) string {
	if isRequired(f) {
		return wrap(b.imports.name(importPath)+".New", asIs)
	}
	*used = true
	return wrap(helper, asIs)
}

// container completes the plan of a repeated or map field with elements of f.
func (b fieldBuilder) container(p *plan, prefix string, f *protogen.Field, kind string) {
	p.Type, p.Zero = prefix+b.element(f), "nil"
	var decode, encode string
	switch {
	case isTime(f):
		decode, encode = "gopluginToTime", b.imports.name(timestampPath)+".New"
		b.helpers.ToTime = true
	case isDuration(f):
		decode, encode = "gopluginToDuration", b.imports.name(durationPath)+".New"
		b.helpers.ToDuration = true
	default:
		return
	}
	p.Checked = true
	p.decode = call("gopluginTo"+kind, p.decode, decode)
	p.encode = call("gopluginFrom"+kind, asIs, encode)
	if kind == "Map" {
		b.helpers.ToMap, b.helpers.FromMap = true, true
	} else {
		b.helpers.ToSlice, b.helpers.FromSlice = true, true
	}
}

// presence completes the plan of a singular scalar, enum or bytes field: one that can be absent is a pointer, and a
// required one is not.
func (b fieldBuilder) presence(p *plan, f *protogen.Field) {
	isBytes := f.Desc.Kind() == protoreflect.BytesKind
	switch {
	case !f.Desc.HasPresence():
	case isRequired(f) && isBytes:
		p.encode = wrap("gopluginRequired", asIs)
		b.helpers.Required = true
	case isRequired(f):
		p.encode = func(name string) string { return "&" + name }
	case !hasBuilder(f.Parent):
		p.decode = func(msg string) string { return msg + "." + f.GoName }
		if !isBytes {
			p.Type, p.Zero = "*"+p.Type, "nil"
		}
	case isBytes:
		p.decode = ifPresent("gopluginPresent", f)
		b.helpers.Present = true
	default:
		p.decode = ifPresent("gopluginPointer", f)
		p.Type, p.Zero = "*"+p.Type, "nil"
		b.helpers.Pointer = true
	}
}

// get returns the expression that calls a field's getter.
func get(f *protogen.Field) func(string) string {
	getter, _ := f.MethodName("Get")
	return func(msg string) string { return msg + "." + getter + "()" }
}

// ifPresent returns the expression that gives a helper whether a field is present, and its value.
func ifPresent(helper string, f *protogen.Field) func(string) string {
	has, _ := f.MethodName("Has")
	return func(msg string) string { return helper + "(" + msg + "." + has + "(), " + get(f)(msg) + ")" }
}

// wrap returns the expression that passes another to a helper.
func wrap(helper string, inner func(string) string) func(string) string {
	return func(over string) string { return helper + "(" + inner(over) + ")" }
}

// call returns the expression that passes another and one argument to a helper.
func call(helper string, inner func(string) string, argument string) func(string) string {
	return func(over string) string { return helper + "(" + inner(over) + ", " + argument + ")" }
}

// structField returns the name of a field in a literal of its message, or of the message's builder.
func structField(f *protogen.Field) string {
	if hasBuilder(f.Parent) {
		return f.BuilderFieldName()
	}
	return f.GoName
}

// hasBuilder reports whether a message is built and read without its struct's fields: that of the opaque API, and that
// of the hybrid API, which a build tag makes opaque. Those of google.protobuf are neither: they are not built with the
// run's default_api_level, which protogen takes to hold for them too.
func hasBuilder(m *protogen.Message) bool {
	return m.APILevel != gofeaturespb.GoFeatures_API_OPEN && m.Desc.ParentFile().Package() != "google.protobuf"
}

// element returns the Go type of one element of a field, as the interface shows it.
func (b fieldBuilder) element(f *protogen.Field) string {
	switch {
	case isTime(f):
		return b.imports.name("time") + ".Time"
	case isDuration(f):
		return b.imports.name("time") + ".Duration"
	case f.Message != nil:
		return "*" + b.imports.ident(f.Message.GoIdent)
	case f.Enum != nil:
		return b.imports.ident(f.Enum.GoIdent)
	}
	return b.scalar(f)
}

// scalar returns the Go type of a scalar field.
func (b fieldBuilder) scalar(f *protogen.Field) string {
	switch f.Desc.Kind() {
	case protoreflect.BoolKind:
		return "bool"
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return "int32"
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return "uint32"
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return "int64"
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return "uint64"
	case protoreflect.FloatKind:
		return "float32"
	case protoreflect.DoubleKind:
		return "float64"
	case protoreflect.BytesKind:
		return "[]byte"
	default:
		return "string"
	}
}

// zeroOf returns the zero value of a scalar, enum or bytes field.
func zeroOf(f *protogen.Field) string {
	switch f.Desc.Kind() {
	case protoreflect.BoolKind:
		return "false"
	case protoreflect.StringKind:
		return `""`
	case protoreflect.BytesKind:
		return "nil"
	default:
		return "0"
	}
}

func isRequired(f *protogen.Field) bool { return f.Desc.Cardinality() == protoreflect.Required }

func isTime(f *protogen.Field) bool { return isMessage(f, "google.protobuf.Timestamp") }

func isDuration(f *protogen.Field) bool { return isMessage(f, "google.protobuf.Duration") }

func isMessage(f *protogen.Field, name protoreflect.FullName) bool {
	return f.Message != nil && f.Message.Desc.FullName() == name
}

// inOneof reports whether a field is one of several of which only one is set.
func inOneof(f *protogen.Field) bool { return f.Oneof != nil && !f.Oneof.Desc.IsSynthetic() }
