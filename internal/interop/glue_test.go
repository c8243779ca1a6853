package interop

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/gen"
)

// A source is .proto files to generate in one run.
type source struct {
	files      []string                                       // as imports name them
	imports    fs.FS                                          // holds the files and what they import
	importPath func(*descriptorpb.FileDescriptorProto) string // the value of the option M of a file
	directives []string                                       // lines of a directive file, if one is needed
	transport  string                                         // the value of the option transport; default: that of the generator
}

// figures say how much was generated.
type figures struct {
	files, services, rpcs, streams int // files with services; streams are the rpcs that stream on either side
}

// generate writes a package of protoc-gen-go and the glue for the files, and for all that they import, into a module.
// Its figures are those of the files themselves. It returns the import paths of the packages.
func (s source) generate(t *testing.T, m userModule) (figures, []string) {
	t.Helper()
	req, importPaths := s.request(t)
	m.write(t, answer(t, "protoc-gen-go", compile.RunProtocGenGo(req)))
	if s.transport != "" {
		req.Parameter = proto.String(req.GetParameter() + ",transport=" + s.transport)
	}
	if len(s.directives) > 0 {
		req.Parameter = proto.String(req.GetParameter() + ",directives=" + s.directiveFile(t))
	}
	glue := answer(t, "protoc-gen-goplugin", gen.Run(req))
	m.write(t, glue)

	var total figures
	for _, file := range req.GetProtoFile() {
		if slices.Contains(s.files, file.GetName()) {
			total.add(figuresOf(file))
		}
	}
	names := namesOf(glue)
	services := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !strings.HasSuffix(name, "_goplugin.pb.go") })
	if len(services) != total.files {
		t.Errorf("expected the glue of %d files with services, found %v", total.files, names)
	}
	return total, importPaths
}

// request returns the request that generates the files and what they import, but for what the protobuf module has,
// and the import paths of the packages that come out.
func (s source) request(t *testing.T) (*pluginpb.CodeGeneratorRequest, []string) {
	t.Helper()
	req, err := compile.Request(t.Context(), s.imports, s.files, "")
	if err != nil {
		t.Fatal(err)
	}
	parameter := "module=" + userPath
	var importPaths []string
	req.FileToGenerate = nil
	for _, file := range req.GetProtoFile() {
		if strings.HasPrefix(file.GetName(), "google/protobuf/") {
			continue
		}
		req.FileToGenerate = append(req.FileToGenerate, file.GetName())
		parameter += ",M" + file.GetName() + "=" + s.importPath(file)
		importPath, _, _ := strings.Cut(s.importPath(file), ";")
		importPaths = append(importPaths, importPath)
	}
	req.Parameter = &parameter
	return req, importPaths
}

// answer returns the files that a generator answered with.
func answer(t *testing.T, generator string, response *pluginpb.CodeGeneratorResponse) []*pluginpb.CodeGeneratorResponse_File {
	t.Helper()
	if response.Error != nil {
		t.Fatalf("%s: %s", generator, response.GetError())
	}
	return response.GetFile()
}

func namesOf(files []*pluginpb.CodeGeneratorResponse_File) []string {
	var names []string
	for _, file := range files {
		names = append(names, file.GetName())
	}
	return names
}

func figuresOf(file *descriptorpb.FileDescriptorProto) figures {
	f := figures{services: len(file.GetService()), streams: streams(file)}
	for _, service := range file.GetService() {
		f.files = 1
		f.rpcs += len(service.GetMethod())
	}
	return f
}

func (f *figures) add(g figures) {
	f.files += g.files
	f.services += g.services
	f.rpcs += g.rpcs
	f.streams += g.streams
}

// streams counts the streaming rpcs of a file.
func streams(file *descriptorpb.FileDescriptorProto) int {
	count := 0
	for _, service := range file.GetService() {
		for _, method := range service.GetMethod() {
			if method.GetClientStreaming() || method.GetServerStreaming() {
				count++
			}
		}
	}
	return count
}

// directiveFile returns a file with the source's directives.
func (s source) directiveFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "directives")
	if err := os.WriteFile(name, []byte(strings.Join(s.directives, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// generateOne generates one .proto file of a directory into the user's package of a name.
func generateOne(t *testing.T, m userModule, dir, file, pkg string, directives ...string) {
	t.Helper()
	generateOver(t, m, "", dir, file, pkg, directives...)
}

// generateOver is generateOne with a value of the option transport.
func generateOver(t *testing.T, m userModule, transport, dir, file, pkg string, directives ...string) {
	t.Helper()
	source{
		files:      []string{file},
		imports:    os.DirFS(dir),
		importPath: func(*descriptorpb.FileDescriptorProto) string { return userPath + "/" + pkg + ";" + pkg },
		directives: directives,
		transport:  transport,
	}.generate(t, m)
}
