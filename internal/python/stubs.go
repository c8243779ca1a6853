package python

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A stubWriter writes the types of one module of messages.
type stubWriter struct {
	file     *protogen.File
	body     strings.Builder
	builtins string            // before the names of built-in types, where a field has such a name
	modules  map[string]string // the imports of other modules by their names here
	aliases  map[string]bool   // of the names of the file that something in it hides
}

// messageMethods are what Python's protobuf gives every message, and fields of these names hide.
var messageMethods = strings.Fields("ByteSize Clear ClearExtension ClearField CopyFrom DESCRIPTOR DiscardUnknownFields " +
	"FindInitializationErrors FromString HasExtension HasField IsInitialized ListFields MergeFrom MergeFromString ParseFromString " +
	"SerializePartialToString SerializeToString SetInParent UnknownFields WhichOneof")

// stubs returns the types of a module of messages, for type checkers and editors.
func stubs(file *protogen.File, header string) string {
	w := &stubWriter{file: file, modules: map[string]string{}, aliases: map[string]bool{}}
	if hidesBuiltin(file) {
		w.builtins = "_builtins."
	}
	w.extensions("", file.Extensions)
	for _, e := range file.Enums {
		w.enum("", e, "")
	}
	for _, m := range file.Messages {
		w.message("", m)
	}
	for _, name := range slices.Sorted(maps.Keys(w.aliases)) {
		w.line("", "\n_file_%s = %s", name, name)
	}
	return header + w.imports() + "\nDESCRIPTOR: _descriptor.FileDescriptor\n" + w.body.String()
}

// hidesBuiltin reports whether something in a file has the name of a built-in type, which it hides there or in its class.
func hidesBuiltin(file *protogen.File) bool {
	own := publicNames(file.Desc)
	return slices.ContainsFunc([]string{"int", "float", "bool", "str", "bytes"}, func(name string) bool {
		return hides(file.Messages, name) || slices.Contains(own, name+" as "+name)
	})
}

// imports returns the imports that the body needs.
func (w *stubWriter) imports() string {
	var lines []string
	for name, line := range map[string]string{
		"_builtins.":          "import builtins as _builtins",
		"_Iterable[":          "from collections.abc import Iterable as _Iterable",
		"_Mapping[":           "from collections.abc import Mapping as _Mapping",
		"_ClassVar[":          "from typing import ClassVar as _ClassVar",
		"_message.":           "from google.protobuf import message as _message",
		"_containers.":        "from google.protobuf.internal import containers as _containers",
		"_enum_type_wrapper.": "from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper",
		"_extension_dict.":    "from google.protobuf.internal import extension_dict as _extension_dict",
	} {
		if strings.Contains(w.body.String(), name) {
			lines = append(lines, line)
		}
	}
	lines = append(lines, "from google.protobuf import descriptor as _descriptor")
	for _, line := range w.modules {
		lines = append(lines, line)
	}
	for i := range w.file.Desc.Imports().Len() {
		dependency := w.file.Desc.Imports().Get(i)
		if names := publicNames(dependency); dependency.IsPublic && len(names) > 0 {
			lines = append(lines, fmt.Sprintf("from %s import %s", submodule(w.parent(dependency), path.Base(fileOf(dependency.Path(), "_pb2"))), strings.Join(names, ", ")))
		}
	}
	return "\n" + strings.Join(sortedImports(lines), "\n") + "\n"
}

// publicNames returns what a file's module passes on to those that import it publicly: "Message as Message", which tells
// type checkers so.
func publicNames(file protoreflect.FileDescriptor) []string {
	var names []string
	add := func(name string) {
		if isAttribute(name) {
			names = append(names, name+" as "+name)
		}
	}
	for i := range file.Messages().Len() {
		add(className(file.Messages().Get(i)))
	}
	for i := range file.Enums().Len() {
		e := file.Enums().Get(i)
		add(className(e))
		for j := range e.Values().Len() {
			add(string(e.Values().Get(j).Name()))
		}
	}
	for i := range file.Extensions().Len() {
		add(string(file.Extensions().Get(i).Name()))
	}
	for i := range file.Imports().Len() {
		if dependency := file.Imports().Get(i); dependency.IsPublic {
			names = append(names, publicNames(dependency)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// parent returns the package of another file's module, as this one names it.
func (w *stubWriter) parent(file protoreflect.FileDescriptor) string {
	if isBundled(file.Path()) {
		return strings.ReplaceAll(path.Dir(file.Path()), "/", ".")
	}
	return relative(packageOf(path.Dir(w.file.Desc.Path())), packageOf(path.Dir(file.Path())))
}

// name returns how the module names a message or an enum.
func (w *stubWriter) name(d protoreflect.Descriptor) string {
	name := nested(d)
	file := d.ParentFile()
	if file.Path() == w.file.Desc.Path() {
		return w.unhidden(name)
	}
	module := path.Base(fileOf(file.Path(), "_pb2"))
	local := "_" + strings.ReplaceAll(fileOf(file.Path(), "_pb2"), "/", "_")
	w.modules[local] = fmt.Sprintf("from %s import %s as %s", w.parent(file), module, local)
	return local + "." + name
}

// nested returns the name of a declaration in its file: that of what it is inside of, too.
func nested(d protoreflect.Descriptor) string {
	if parent, ok := d.Parent().(protoreflect.MessageDescriptor); ok {
		return nested(parent) + "." + className(d)
	}
	return className(d)
}

// unhidden returns a name of the file that holds inside every class: one by an alias where a field or a nested
// declaration somewhere has the name, too, or where type checkers would take it for Python's own.
func (w *stubWriter) unhidden(name string) string {
	outer, rest, isNested := strings.Cut(name, ".")
	if !hides(w.file.Messages, outer) && !slices.Contains(builtins, outer) {
		return name
	}
	w.aliases[outer] = true
	if isNested {
		rest = "." + rest
	}
	return "_file_" + outer + rest
}

// hides reports whether something inside of messages has a name.
func hides(messages []*protogen.Message, name string) bool {
	return slices.ContainsFunc(messages, func(m *protogen.Message) bool {
		return hides(m.Messages, name) ||
			slices.ContainsFunc(m.Fields, func(f *protogen.Field) bool { return string(f.Desc.Name()) == name }) ||
			slices.ContainsFunc(m.Messages, func(child *protogen.Message) bool { return string(child.Desc.Name()) == name }) ||
			slices.ContainsFunc(m.Enums, func(e *protogen.Enum) bool { return string(e.Desc.Name()) == name })
	})
}

func (w *stubWriter) line(indent, format string, args ...any) {
	fmt.Fprintf(&w.body, indent+format+"\n", args...)
}

// enum writes an enum and its values, which are also names of what it is inside of.
func (w *stubWriter) enum(indent string, e *protogen.Enum, class string) {
	name := w.name(e.Desc)
	w.line("", "")
	w.line(indent, "class %s(%sint, metaclass=_enum_type_wrapper.EnumTypeWrapper):", className(e.Desc), w.builtins)
	w.doc(indent+"    ", e.Comments)
	var values []string
	for _, v := range e.Values {
		if isAttribute(string(v.Desc.Name())) {
			values = append(values, string(v.Desc.Name()))
		}
	}
	for _, v := range values {
		w.line(indent+"    ", "%s: _ClassVar[%s]", v, name)
	}
	if len(values) == 0 {
		w.line(indent+"    ", "...")
	}
	w.line("", "")
	form := "%s: _ClassVar[%s]"
	if class == "" {
		form = "%s: %s"
	}
	for _, v := range values {
		w.line(indent, form, v, name)
	}
}

func (w *stubWriter) doc(indent string, comments protogen.CommentSet) {
	if text := comment(comments); text != "" {
		w.line(indent, `"""%s"""`, docstring(indent, text))
	}
}

func (w *stubWriter) message(indent string, m *protogen.Message) {
	w.line("", "")
	w.line(indent, "class %s(_message.Message):", className(m.Desc))
	inner := indent + "    "
	w.doc(inner, m.Comments)
	for _, e := range m.Enums {
		w.enum(inner, e, string(m.Desc.Name()))
	}
	for _, child := range m.Messages {
		if !child.Desc.IsMapEntry() {
			w.message(inner, child)
		}
	}
	w.extensions(inner, m.Extensions)
	parameters, keywordFields := []string{}, false
	for _, f := range m.Fields {
		if !isAttribute(string(f.Desc.Name())) {
			keywordFields = true
			continue
		}
		attribute, parameter := w.field(f)
		hiding := ""
		if slices.Contains(messageMethods, string(f.Desc.Name())) {
			hiding = "  # type: ignore[assignment]"
		}
		w.line(inner, "%s: %s%s", f.Desc.Name(), attribute, hiding)
		parameters = append(parameters, fmt.Sprintf("%s: %s | None = ...", f.Desc.Name(), parameter))
	}
	w.constructor(inner, m, parameters, keywordFields)
}

// constructor writes the parameters of a message: its fields, but for those that only a dict can name.
func (w *stubWriter) constructor(indent string, m *protogen.Message, parameters []string, keywordFields bool) {
	self := "self"
	for m.Desc.Fields().ByName(protoreflect.Name(self)) != nil {
		self += "_"
	}
	list := []string{self}
	if len(parameters) > 0 {
		list = append(append(list, "*"), parameters...)
	}
	if keywordFields {
		list = append(list, "**kwargs: object")
	}
	w.line(indent, "def __init__(%s) -> None: ...", strings.Join(list, ", "))
}

func (w *stubWriter) extensions(indent string, extensions []*protogen.Extension) {
	for _, x := range extensions {
		if !isAttribute(string(x.Desc.Name())) {
			continue
		}
		element := w.element(x)
		if x.Desc.IsList() {
			element = w.list(x, element)
		}
		w.line(indent, "%s: _extension_dict._ExtensionFieldDescriptor[%s, %s]", x.Desc.Name(), w.name(x.Extendee.Desc), element)
	}
}

// field returns the type of a field's attribute, and of what the constructor takes for it.
func (w *stubWriter) field(f *protogen.Field) (attribute, parameter string) {
	switch {
	case f.Desc.IsMap():
		key, value := w.element(f.Message.Fields[0]), w.element(f.Message.Fields[1])
		kind := "ScalarMap"
		if f.Message.Fields[1].Message != nil {
			kind = "MessageMap"
		}
		return fmt.Sprintf("_containers.%s[%s, %s]", kind, key, value), fmt.Sprintf("_Mapping[%s, %s]", key, value)
	case f.Desc.IsList():
		element := w.element(f)
		return w.list(f, element), "_Iterable[" + element + "]"
	}
	return w.element(f), w.element(f)
}

func (w *stubWriter) list(f *protogen.Field, element string) string {
	if f.Message != nil {
		return "_containers.RepeatedCompositeFieldContainer[" + element + "]"
	}
	return "_containers.RepeatedScalarFieldContainer[" + element + "]"
}

// element returns the type of one element of a field.
func (w *stubWriter) element(f *protogen.Field) string {
	switch {
	case f.Message != nil:
		return w.name(f.Message.Desc)
	case f.Enum != nil:
		return w.name(f.Enum.Desc)
	}
	return w.builtins + scalar(f.Desc.Kind())
}

// scalar returns the Python type of a scalar field.
func scalar(kind protoreflect.Kind) string {
	switch kind {
	case protoreflect.BoolKind:
		return "bool"
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return "float"
	case protoreflect.StringKind:
		return "str"
	case protoreflect.BytesKind:
		return "bytes"
	default:
		return "int"
	}
}

// comment returns the text of a comment without goplugin's directives.
func comment(comments protogen.CommentSet) string {
	var lines []string
	for _, text := range []protogen.Comments{comments.Leading, comments.Trailing} {
		for line := range strings.SplitSeq(string(text), "\n") {
			line = strings.TrimRight(strings.TrimPrefix(line, " "), " \t\r")
			if !strings.HasPrefix(strings.TrimSpace(line), "goplugin:") {
				lines = append(lines, line)
			}
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
