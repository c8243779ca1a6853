// Package compile turns .proto files into the requests that code generators take, without protoc or buf, and runs
// protoc-gen-go in process.
package compile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/protoutil"
	"github.com/bufbuild/protocompile/reporter"
	"google.golang.org/protobuf/cmd/protoc-gen-go/internal_gengo"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/gofeaturespb"
	"google.golang.org/protobuf/types/pluginpb"
)

// Request compiles files, given by their paths in sources, to the request that protoc would send to a generator with
// the parameter. Imports are looked up in sources; those of google/protobuf are built in. The error holds every
// mistake in the files, one a line, as file:line:column: text.
//
// Files up to edition 2023 can be compiled.
func Request(ctx context.Context, sources fs.FS, files []string, parameter string) (*pluginpb.CodeGeneratorRequest, error) {
	var mistakes []error
	compiler := protocompile.Compiler{
		Resolver:       protocompile.CompositeResolver{resolver(sources), protocompile.ResolverFunc(goFeatures)},
		SourceInfoMode: protocompile.SourceInfoStandard,
		Reporter: reporter.NewReporter(func(err reporter.ErrorWithPos) error {
			mistakes = append(mistakes, mistake(err))
			return nil
		}, nil),
	}
	linked, err := compiler.Compile(ctx, files...)
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	if err != nil {
		return nil, err
	}
	req := &pluginpb.CodeGeneratorRequest{FileToGenerate: files}
	if parameter != "" {
		req.Parameter = &parameter
	}
	seen := map[string]bool{}
	for _, file := range linked {
		req.ProtoFile = appendWithImports(req.ProtoFile, file, seen)
	}
	return req, nil
}

// mistake adds what to do to the mistakes whose remedy is elsewhere.
func mistake(err reporter.ErrorWithPos) error {
	if strings.Contains(err.Error(), `edition value "2024"`) {
		return fmt.Errorf("%w (the built-in compiler knows editions up to 2023: run protoc or buf for this file)", err)
	}
	return err
}

func resolver(sources fs.FS) protocompile.Resolver {
	return protocompile.WithStandardImports(&protocompile.SourceResolver{
		Accessor: func(path string) (io.ReadCloser, error) { return sources.Open(path) },
	})
}

// goFeatures resolves the import of Go's own editions features, which protoc ships and protocompile does not.
func goFeatures(path string) (protocompile.SearchResult, error) {
	features := gofeaturespb.File_google_protobuf_go_features_proto
	if path != features.Path() {
		return protocompile.SearchResult{}, fs.ErrNotExist
	}
	return protocompile.SearchResult{Proto: protodesc.ToFileDescriptorProto(features)}, nil
}

// appendWithImports appends a file behind everything that it imports, as generators expect.
func appendWithImports(list []*descriptorpb.FileDescriptorProto, file protoreflect.FileDescriptor, seen map[string]bool) []*descriptorpb.FileDescriptorProto {
	if seen[file.Path()] {
		return list
	}
	seen[file.Path()] = true
	imports := file.Imports()
	for i := range imports.Len() {
		list = appendWithImports(list, imports.Get(i).FileDescriptor, seen)
	}
	if result, ok := file.(linker.Result); ok {
		return append(list, result.FileDescriptorProto())
	}
	return append(list, protoutil.ProtoFromFileDescriptor(file))
}

// RunProtocGenGo answers a request as protoc-gen-go would.
func RunProtocGenGo(req *pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorResponse {
	plugin, err := protogen.Options{}.New(req)
	if err != nil {
		message := err.Error()
		return &pluginpb.CodeGeneratorResponse{Error: &message}
	}
	for _, file := range plugin.Files {
		if file.Generate {
			internal_gengo.GenerateFile(plugin, file)
		}
	}
	return plugin.Response()
}
