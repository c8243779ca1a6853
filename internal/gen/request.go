package gen

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

// slim returns a request without the source locations that nothing asks for: those of the parts of a declaration, such
// as its name, that have no comment. They are most of a large request, and protogen would copy them.
func slim(req *pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorRequest {
	slimmed := shallow(req)
	slimmed.ProtoFile = nil
	for _, file := range req.GetProtoFile() {
		if file.GetSourceCodeInfo() != nil {
			info := &descriptorpb.SourceCodeInfo{}
			for _, loc := range file.GetSourceCodeInfo().GetLocation() {
				if isDeclaration(loc.GetPath()) || hasComments(loc) {
					info.Location = append(info.Location, loc)
				}
			}
			file = shallow(file)
			file.SourceCodeInfo = info
		}
		slimmed.ProtoFile = append(slimmed.ProtoFile, file)
	}
	return slimmed
}

// isDeclaration reports whether a path leads to a declaration and not to a part of one: it then alternates between
// the number of a field and an index into it.
func isDeclaration(path []int32) bool { return len(path)%2 == 0 }

func hasComments(loc *descriptorpb.SourceCodeInfo_Location) bool {
	return loc.LeadingComments != nil || loc.TrailingComments != nil || len(loc.GetLeadingDetachedComments()) > 0
}

// shallow returns a copy of a message that shares its fields.
func shallow[M proto.Message](m M) M {
	from := m.ProtoReflect()
	to := from.New()
	from.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		to.Set(field, value)
		return true
	})
	to.SetUnknown(from.GetUnknown())
	return to.Interface().(M)
}
