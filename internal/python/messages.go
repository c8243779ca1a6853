package python

import (
	"fmt"
	"path"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// literalWidth is how many bytes of a descriptor stand on one line at most.
const literalWidth = 80

// messages returns the module of a file's messages: the file's descriptor, which Python's protobuf builds the classes
// from, by the calls that protoc writes there. Unlike protoc's, its imports are relative, so that a plugin's package
// holds all of its code and no .proto file can hide a module of Python's.
func messages(file protoreflect.FileDescriptor, descriptor *descriptorpb.FileDescriptorProto, header string) (string, error) {
	stripped := proto.CloneOf(descriptor)
	stripped.SourceCodeInfo = nil
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(stripped)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file.Path(), err)
	}
	var b strings.Builder
	b.WriteString(header)
	b.WriteString("\nfrom google.protobuf import descriptor_pool as _descriptor_pool\nfrom google.protobuf.internal import builder as _builder\n")
	b.WriteString(dependencies(file))
	b.WriteString("\nDESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(\n")
	for len(data) > 0 {
		n := min(len(data), literalWidth/2)
		fmt.Fprintf(&b, "    %s\n", bytesLiteral(data[:n]))
		data = data[n:]
	}
	b.WriteString(")\n\n_builder.BuildMessageAndEnumDescriptors(DESCRIPTOR, globals())\n")
	b.WriteString("_builder.BuildTopDescriptorsAndMessages(DESCRIPTOR, __name__, globals())\n")
	renamed(&b, file)
	return b.String(), nil
}

// declaring is a file or a message: what messages and enums are declared in.
type declaring interface {
	Messages() protoreflect.MessageDescriptors
	Enums() protoreflect.EnumDescriptors
}

// renamed writes the names of messages and enums that Python keeps for itself as it takes them: None as None_.
func renamed(b *strings.Builder, in declaring) {
	rename := func(d protoreflect.Descriptor) {
		parent, isNested := d.Parent().(protoreflect.MessageDescriptor)
		switch {
		case !isKeyword(string(d.Name())):
		case isNested:
			fmt.Fprintf(b, "%s.%s = getattr(%s, %q)\n", nested(parent), className(d), nested(parent), d.Name())
		default:
			fmt.Fprintf(b, "%s = globals()[%q]\n", className(d), d.Name())
		}
	}
	for i := range in.Enums().Len() {
		rename(in.Enums().Get(i))
	}
	for i := range in.Messages().Len() {
		rename(in.Messages().Get(i))
		renamed(b, in.Messages().Get(i))
	}
}

// className returns the name of the class of a message or an enum.
func className(d protoreflect.Descriptor) string { return identifier(string(d.Name())) }

// dependencies returns the imports of what a descriptor builds upon. A public import also passes on its names.
func dependencies(file protoreflect.FileDescriptor) string {
	var b strings.Builder
	from := packageOf(path.Dir(file.Path()))
	for i := range file.Imports().Len() {
		dependency := file.Imports().Get(i)
		module := path.Base(fileOf(dependency.Path(), "_pb2"))
		parent := relative(from, packageOf(path.Dir(dependency.Path())))
		if isBundled(dependency.Path()) {
			parent = strings.ReplaceAll(path.Dir(dependency.Path()), "/", ".")
		}
		fmt.Fprintf(&b, "from %s import %s as _import_%d\n", parent, module, i)
		if dependency.IsPublic {
			fmt.Fprintf(&b, "from %s import *\n", submodule(parent, module))
		}
	}
	return b.String()
}

// submodule returns the path of a module in a package, which may be a relative one such as "..".
func submodule(parent, module string) string {
	if strings.HasSuffix(parent, ".") {
		return parent + module
	}
	return parent + "." + module
}

// bytesLiteral returns data as a literal of Python.
func bytesLiteral(data []byte) string {
	var b strings.Builder
	b.WriteString(`b"`)
	for _, c := range data {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= 0x20 && c < 0x7f:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return b.String() + `"`
}
