package fromgo

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/generate"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// FuzzConvert holds that every Go package that compiles is converted: what comes out is the same each time, compiles,
// can be generated from, and is assignable exactly where Convert says so.
func FuzzConvert(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkConvert)) }

// TestConvertRandom is FuzzConvert with random inputs, so that every run of the tests tries new ones.
func TestConvertRandom(t *testing.T) { rapid.Check(t, checkConvert) }

const randomPath, randomGoPackage = "random.test/store", "random.test/gen/randomv1"

func checkConvert(t *rapid.T) {
	text := randomSource(t)
	c := &checker{fset: token.NewFileSet(), sources: map[string][]*ast.File{}, done: map[string]*types.Package{}}
	if err := c.add(randomPath, "in.go", text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	original, err := c.importOriginal()
	if err != nil {
		t.Skip("the compiler refuses it:", err)
	}
	o := Options{ProtoPackage: rapid.SampledFrom([]string{"random.v1", "random", "a.google.v1", "google.v1"}).Draw(t, "package"), GoPackage: randomGoPackage}
	result, err := convertRandom(c.fset, original, o)
	if err != nil {
		refused := []string{"nothing of the interface", "has no methods", "is a constraint"}
		if !slices.ContainsFunc(refused, func(reason string) bool { return strings.Contains(err.Error(), reason) }) {
			t.Fatalf("%v\n%s", err, text)
		}
		return
	}
	if again, err := convertRandom(c.fset, original, o); err != nil || again.Proto != result.Proto || textOf(again) != textOf(result) {
		t.Fatalf("the second time it is %v, %v; the first time %v", again, err, result)
	}
	generated, err := c.generate(result.Proto)
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, text, result.Proto)
	}
	was, becomes := original.Scope().Lookup("Store").Type(), generated.Scope().Lookup("Store").Type()
	if got := types.AssignableTo(was, becomes); got != result.Interfaces[0].Assignable {
		t.Fatalf("Convert says assignable=%t, the compiler says %t\n%s\n%s", result.Interfaces[0].Assignable, got, text, result.Proto)
	}
}

func convertRandom(fset *token.FileSet, pkg *types.Package, o Options) (*Result, error) {
	src := &source{fset: fset, targets: []*types.Package{pkg}, comments: map[string]map[declared]string{}}
	name, err := src.interfaceNamed(pkg, "Store")
	if err != nil {
		return nil, err
	}
	return convert(src, []*types.TypeName{name}, o)
}

// A checker imports packages from their sources, and all others from their export data.
type checker struct {
	fset    *token.FileSet
	sources map[string][]*ast.File
	done    map[string]*types.Package
}

func (c *checker) add(importPath, filename, text string) error {
	file, err := parser.ParseFile(c.fset, filename, text, parser.SkipObjectResolution|parser.ParseComments)
	c.sources[importPath] = append(c.sources[importPath], file)
	return err
}

// Import implements types.Importer.
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
	if err == nil {
		c.done[importPath] = pkg
	}
	return pkg, err
}

// importOriginal returns the package that was written at random. The compiler's own checker panics at some cycles of
// aliases and generic types.
func (c *checker) importOriginal() (pkg *types.Package, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("go/types panicked: %v", r)
		}
	}()
	return c.Import(randomPath)
}

// generate returns the package that is generated from a .proto file.
func (c *checker) generate(proto string) (*types.Package, error) {
	req, err := compile.Request(context.Background(), fstest.MapFS{"in.proto": {Data: []byte(proto)}}, []string{"in.proto"}, "")
	if err != nil {
		return nil, err
	}
	files, err := generate.Files(req)
	if err != nil {
		return nil, err
	}
	for name, content := range files {
		if err := c.add(path.Dir(name), name, content); err != nil {
			return nil, err
		}
	}
	return c.Import(randomGoPackage)
}

// importDependency imports a package that originals or generated code depend on. One importer serves the whole test
// binary.
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
		"./internal/behaviour/behaviourpb", // which imports all that generated code can
		"google.golang.org/genproto/googleapis/rpc/errdetails", "google.golang.org/protobuf/types/known/structpb", "math/big", "iter")
	cmd.Dir = tools.Root()
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := map[string]string{}
	for line := range bytes.Lines(output) {
		importPath, file, _ := strings.Cut(strings.TrimSpace(string(line)), "=")
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
