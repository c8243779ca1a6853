package pythontest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// hazardProject scaffolds a plugin of the .proto files of a directory of testdata/hazards.
func hazardProject(t *testing.T, name, dir string) {
	t.Helper()
	sources := os.DirFS(filepath.Join("testdata", "hazards", name))
	var files []string
	err := fs.WalkDir(sources, ".", func(file string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(file, ".proto") {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scaffold.ForeignPlugin(t.Context(), scaffold.ForeignOptions{Name: strings.ReplaceAll(name, "_", "-"), Language: "python", Sources: sources, Files: files})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if _, err := plan.Apply(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
}

// What could break the code of a plugin in Python, and not that of one in Go, breaks neither what is generated nor the
// first version of the plugin: both are well typed, well formed, and load.
func TestHazardsOfPython(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("testdata", "hazards"))
	if err != nil {
		t.Fatal(err)
	}
	root, packages := t.TempDir(), t.TempDir()
	check := []string{"-m", "mypy", "--strict", "--no-error-summary"}
	for _, entry := range entries {
		project := filepath.Join(root, entry.Name())
		hazardProject(t, entry.Name(), project)
		found, err := filepath.Glob(filepath.Join(project, "src", "*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: got the packages %q (%v), want one", entry.Name(), found, err)
		}
		pkg := filepath.Base(found[0])
		if err := os.CopyFS(filepath.Join(packages, pkg), os.DirFS(found[0])); err != nil {
			t.Fatal(err)
		}
		check = append(check, "-p", pkg)
	}
	interpreter := python3(t)
	for _, args := range [][]string{{"check", "--no-cache", "--output-format", "concise"}, {"format", "--no-cache", "--diff"}} {
		run(t, root, interpreter, append([]string{"-m", "ruff"}, args...)...)
	}
	run(t, packages, interpreter, "-c", importEach)
	run(t, packages, interpreter, check...)
}

// importEach imports every module of every package in a directory, and each first in a process of its own.
const importEach = `
import importlib, os, pathlib, sys, traceback
import grpc, google.protobuf.internal.builder
failed = False
for path in sorted(pathlib.Path().glob("*/**/*.py")):
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    if path.name == "__main__.py" or ".goplugin" in module:
        continue
    if (child := os.fork()) == 0:
        try:
            importlib.import_module(module)
        except BaseException:
            print(module, file=sys.stderr)
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    failed |= os.waitpid(child, 0)[1] != 0
sys.exit(failed)
`
