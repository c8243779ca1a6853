package python

import (
	"path"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

// The model of internal/gen is about Go packages, and so is the handshake: one for each. Authors of a plugin in Python
// need none: a .proto file without one that Go could use is of the package that its directory and its proto package name.

// withGoPackages returns a request in which every file has a Go package of its directory.
func withGoPackages(req *pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorRequest {
	var mappings []string
	ambiguous := ambiguousGoPackages(req.GetProtoFile())
	for _, file := range req.GetProtoFile() {
		importPath, name := goPackage(file)
		if strings.ContainsAny(importPath, "./") && !ambiguous[importPath] {
			continue
		}
		mapping := "M" + file.GetName() + "=" + path.Join("python.invalid", path.Dir(file.GetName()), file.GetPackage(), name)
		if name != "" {
			mapping += ";" + name
		}
		mappings = append(mappings, mapping)
	}
	if req.GetParameter() != "" {
		mappings = append(mappings, req.GetParameter()) // last, so that a mapping of the user's counts
	}
	return &pluginpb.CodeGeneratorRequest{
		FileToGenerate: req.GetFileToGenerate(), ProtoFile: req.GetProtoFile(), Parameter: proto.String(strings.Join(mappings, ",")),
	}
}

// goPackage returns the import path and the name of a file's Go package, "" where the file says none.
func goPackage(file *descriptorpb.FileDescriptorProto) (importPath, name string) {
	option := file.GetOptions().GetGoPackage()
	importPath, name, ok := strings.Cut(option, ";")
	if !ok && !strings.ContainsAny(option, "./") {
		return option, option
	}
	return importPath, name
}

// ambiguousGoPackages returns the import paths that are none of one Go package in one directory: to which files give
// several names, such as "." for the current directory, or that files of several directories have.
func ambiguousGoPackages(files []*descriptorpb.FileDescriptorProto) map[string]bool {
	first, ambiguous := map[string]string{}, map[string]bool{}
	for _, file := range files {
		importPath, name := goPackage(file)
		place := name + " in " + path.Dir(file.GetName())
		if other, ok := first[importPath]; ok && other != place {
			ambiguous[importPath] = true
		}
		first[importPath] = place
	}
	return ambiguous
}
