package gen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
	"pgregory.net/rapid"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// FuzzGenerate holds that the generator takes every valid descriptor: it reports mistakes, or what it emits
// type-checks together with protoc-gen-go's output.
func FuzzGenerate(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkGenerate)) }

// TestGenerateRandom is FuzzGenerate with random inputs, so that every run of the tests tries new ones.
func TestGenerateRandom(t *testing.T) { rapid.Check(t, checkGenerate) }

func checkGenerate(t *rapid.T) {
	req := randomRequest(t)
	if _, err := protodesc.NewFiles(&descriptorpb.FileDescriptorSet{File: req.ProtoFile}); err != nil {
		t.Skip("protoc would refuse it:", err)
	}
	glue := Run(req)
	if glue.Error != nil {
		checkErrorText(t, glue.GetError())
		return
	}
	messages := compile.RunProtocGenGo(protocGenGoRequest(req))
	if messages.Error != nil {
		t.Skip("protoc-gen-go refuses it:", messages.GetError())
	}
	if err := typeCheck(messages.File); err != nil {
		t.Skip("protoc-gen-go's own output is broken:", err)
	}
	for _, file := range glue.File {
		formatted, err := format.Source([]byte(file.GetContent()))
		if err != nil || !bytes.Equal(formatted, []byte(file.GetContent())) {
			t.Fatalf("%s is not as gofmt has it (%v):\n%s", file.GetName(), err, file.GetContent())
		}
	}
	if err := typeCheck(append(messages.File, glue.File...)); err != nil {
		t.Fatalf("%v\n%v\n%s", err, req.ProtoFile, sourcesOf(glue.File))
	}
}

// checkErrorText checks that an error is about the input: each line says where.
func checkErrorText(t *rapid.T, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "a.proto:") && !strings.HasPrefix(line, "b.proto:") {
			t.Errorf("error without a place: %s", text)
		}
	}
}

func sourcesOf(files []*pluginpb.CodeGeneratorResponse_File) string {
	var b strings.Builder
	for _, file := range files {
		fmt.Fprintf(&b, "== %s\n", file.GetName())
		for i, line := range strings.Split(file.GetContent(), "\n") {
			fmt.Fprintf(&b, "%4d %s\n", i+1, line)
		}
	}
	return b.String()
}

// typeCheck type-checks generated files, whose names say their import paths.
func typeCheck(files []*pluginpb.CodeGeneratorResponse_File) error {
	c := &checker{fset: token.NewFileSet(), sources: map[string][]*ast.File{}, done: map[string]*types.Package{}}
	seen := map[string]bool{}
	for _, file := range files {
		if seen[file.GetName()] {
			return fmt.Errorf("%s is generated twice", file.GetName())
		}
		seen[file.GetName()] = true
		if strings.HasSuffix(file.GetName(), "_protoopaque.pb.go") {
			continue // stands in for another file under a build tag
		}
		parsed, err := parser.ParseFile(c.fset, file.GetName(), file.GetContent(), parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		importPath := path.Dir(file.GetName())
		c.sources[importPath] = append(c.sources[importPath], parsed)
	}
	for importPath := range c.sources {
		if _, err := c.Import(importPath); err != nil {
			return err
		}
	}
	return nil
}

// A checker imports generated packages from their sources and all others from their export data.
type checker struct {
	fset    *token.FileSet
	sources map[string][]*ast.File
	done    map[string]*types.Package
}

func (c *checker) Import(importPath string) (*types.Package, error) {
	if pkg := c.done[importPath]; pkg != nil {
		return pkg, nil
	}
	files := c.sources[importPath]
	if files == nil {
		return importDependency(importPath)
	}
	config := types.Config{Importer: c}
	pkg, err := config.Check(importPath, c.fset, files, nil)
	if err != nil {
		return nil, err
	}
	c.done[importPath] = pkg
	return pkg, nil
}

// importDependency imports a package that generated code depends on. One importer serves the whole test binary.
func importDependency(importPath string) (*types.Package, error) {
	dependencies.Lock()
	defer dependencies.Unlock()
	imports, err := dependencyImporter()
	if err != nil {
		return nil, err
	}
	return imports.Import(importPath)
}

var dependencies sync.Mutex

var dependencyImporter = sync.OnceValues(func() (types.Importer, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}",
		pluginPath, runnerPath, grpcPath, bufconnPath, statusPath, codesPath, protoPath, emptyPath, timestampPath, durationPath, errdetailsPath,
		"google.golang.org/protobuf/types/known/wrapperspb", "google.golang.org/protobuf/types/known/anypb",
		"google.golang.org/protobuf/types/gofeaturespb", "google.golang.org/protobuf/runtime/protoimpl")
	cmd.Dir = tools.Root()
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(output)) {
		importPath, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		exports[importPath] = file
	}
	lookup := func(importPath string) (io.ReadCloser, error) {
		file, ok := exports[importPath]
		if !ok {
			return nil, fmt.Errorf("no dependency %q", importPath)
		}
		return os.Open(file)
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", lookup), nil
})
