package fromgo

import (
	"bytes"
	"context"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/generate"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// A hazardDir is a temporary module with the packages of hazardRoot, and what is generated from them.
type hazardDir struct{ dir string }

func newHazardModule(t *testing.T) hazardDir {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(hazardRoot)); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(tools.Root(), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, requirements, _ := strings.Cut(string(mod), "\n")
	writeFile(t, filepath.Join(dir, "go.mod"), "module "+hazardModule+"\n"+requirements)
	sum, err := os.ReadFile(filepath.Join(tools.Root(), "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "go.sum"), string(sum))
	t.Setenv("GOFLAGS", "-mod=mod -trimpath") // -trimpath: positions and comments of other packages do not depend on this machine
	t.Setenv("GOWORK", "off")
	return hazardDir{dir}
}

// protos is where the .proto files are, in the layout that buf wants.
func (m hazardDir) protos() string { return filepath.Join(m.dir, "proto") }

// generate writes a .proto file and the code that both generators make of it.
func (m hazardDir) generate(t *testing.T, name, proto string) {
	t.Helper()
	path := name + "/v1/" + name + ".proto"
	writeFile(t, filepath.Join(m.protos(), filepath.FromSlash(path)), proto)
	for file, content := range generatedFrom(t, os.DirFS(m.protos()), path) {
		writeFile(t, filepath.Join(m.dir, filepath.FromSlash(file)), content)
	}
}

// generatedFrom returns what both generators make of a .proto file, relative to the module's root.
func generatedFrom(t *testing.T, protos fs.FS, path string) map[string]string {
	t.Helper()
	req, err := compile.Request(context.Background(), protos, []string{path}, "module="+hazardModule)
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate.Files(req)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// checkWithBuf holds that buf finds nothing in the .proto files to complain of or to format.
func (m hazardDir) checkWithBuf(t *testing.T) {
	buf, err := tools.Path("buf")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(m.protos(), "buf.yaml"), "version: v2\n")
	for _, args := range [][]string{{"format", "--diff", "--exit-code"}, {"lint"}} {
		cmd := exec.Command(buf, args...)
		cmd.Dir = m.protos()
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("buf %s: %v\n%s", args[0], err, bytes.TrimSpace(output))
		}
	}
}

// loaded is the packages of the module by import path.
type loaded map[string]*packages.Package

// load compiles all packages of the module, the original and the generated ones.
func (m hazardDir) load(t *testing.T) loaded {
	t.Helper()
	list, err := packages.Load(&packages.Config{
		Dir: m.dir,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedTypes | packages.NeedTypesSizes | packages.NeedTypesInfo | packages.NeedSyntax,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	byPath := loaded{}
	for _, pkg := range list {
		byPath[pkg.PkgPath] = pkg
		for _, e := range pkg.Errors {
			t.Errorf("%s: %v", pkg.PkgPath, e)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return byPath
}

func (l loaded) named(t *testing.T, path, name string) types.Type {
	t.Helper()
	pkg, ok := l[path]
	if !ok {
		t.Fatalf("no package %s", path)
	}
	obj := pkg.Types.Scope().Lookup(name)
	if obj == nil {
		t.Fatalf("no %s in %s", name, path)
	}
	return obj.Type()
}
