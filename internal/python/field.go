package python

import (
	"fmt"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A value is a field as the interface shows it.
type value struct {
	name   string
	typ    string
	encode func(local string) string   // the field of a message over the value
	decode func(message string) string // the value over a message
}

func asIs(local string) string { return local }

// field returns the value of a field, but for its name.
func (b *moduleBuilder) field(f *protogen.Field) value {
	get := getter(f)
	v := value{typ: b.element(f), encode: asIs, decode: get}
	switch {
	case f.Desc.IsMap():
		return b.mapOf(f)
	case f.Desc.IsList():
		return b.listOf(f)
	case b.converter(f) != "":
		v.typ += " | None"
		encode := b.encoder(f)
		v.encode = func(local string) string { return encode(local) + " if " + local + " is not None else None" }
		v.decode = func(m string) string { return ifPresent(f, b.decoder(f)(get(m)), m) }
	case f.Message != nil || f.Desc.HasPresence() && !isRequired(f):
		v.typ += " | None"
		v.decode = func(m string) string { return ifPresent(f, get(m), m) }
	}
	return v
}

func (b *moduleBuilder) listOf(f *protogen.Field) value {
	get := getter(f)
	b.im.standard("from collections import abc")
	v := value{typ: "abc.Sequence[" + b.element(f) + "]", encode: asIs, decode: func(m string) string { return "[*" + get(m) + "]" }}
	if b.converter(f) != "" {
		encode, decode := b.encoder(f), b.decoder(f)
		v.encode = func(local string) string { return fmt.Sprintf("[%s for value in %s]", encode("value"), local) }
		v.decode = func(m string) string { return fmt.Sprintf("[%s for value in %s]", decode("value"), get(m)) }
	}
	return v
}

func (b *moduleBuilder) mapOf(f *protogen.Field) value {
	get := getter(f)
	key, element := f.Message.Fields[0], f.Message.Fields[1]
	b.im.standard("from collections import abc")
	v := value{
		typ:    "abc.Mapping[" + b.element(key) + ", " + b.element(element) + "]",
		encode: asIs,
		decode: func(m string) string { return "{**" + get(m) + "}" },
	}
	if b.converter(element) != "" {
		encode, decode := b.encoder(element), b.decoder(element)
		v.encode = func(local string) string {
			return fmt.Sprintf("{key: %s for key, value in %s.items()}", encode("value"), local)
		}
		v.decode = func(m string) string {
			return fmt.Sprintf("{key: %s for key, value in %s.items()}", decode("value"), get(m))
		}
	}
	return v
}

// getter returns the expression of a field of a message.
func getter(f *protogen.Field) func(string) string {
	name := string(f.Desc.Name())
	return func(m string) string {
		if !isAttribute(name) {
			return fmt.Sprintf("getattr(%s, %q)", m, name)
		}
		return m + "." + name
	}
}

// ifPresent returns an expression that is None where a field is absent.
func ifPresent(f *protogen.Field, expression, m string) string {
	return fmt.Sprintf("%s if %s.HasField(%q) else None", expression, m, f.Desc.Name())
}

// converter returns which type of Python stands for the message of a field: "datetime", "timedelta" or none.
func (b *moduleBuilder) converter(f *protogen.Field) string {
	if f.Message != nil {
		switch f.Message.Desc.FullName() {
		case "google.protobuf.Timestamp":
			return "datetime"
		case "google.protobuf.Duration":
			return "timedelta"
		}
	}
	return ""
}

func (b *moduleBuilder) encoder(f *protogen.Field) func(string) string {
	return func(local string) string {
		return fmt.Sprintf("%s.from_%s(%s)", b.im.goplugin(), b.converter(f), local)
	}
}

func (b *moduleBuilder) decoder(f *protogen.Field) func(string) string {
	return func(expression string) string {
		return fmt.Sprintf("%s.to_%s(%q, %s)", b.im.goplugin(), b.converter(f), f.Desc.Name(), expression)
	}
}

// element returns the type of one element of a field.
func (b *moduleBuilder) element(f *protogen.Field) string {
	switch {
	case b.converter(f) != "":
		b.im.standard("import datetime")
		return "datetime." + b.converter(f)
	case f.Message != nil:
		return b.im.messages(f.Message.Desc.ParentFile()) + "." + nested(f.Message.Desc)
	case f.Enum != nil:
		return b.im.messages(f.Enum.Desc.ParentFile()) + "." + nested(f.Enum.Desc)
	}
	return b.builtin(scalar(f.Desc.Kind()))
}

// builtin returns the name of a built-in type, which a method of that name would hide in its class.
func (b *moduleBuilder) builtin(name string) string {
	if b.methods[name] {
		b.im.standard("import builtins")
		return "builtins." + name
	}
	return name
}

func isRequired(f *protogen.Field) bool { return f.Desc.Cardinality() == protoreflect.Required }
