package pythontest

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/python"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// refused are the inputs of the Go generator that Python cannot take, and what it says.
var refused = map[string]string{
	"editions_2024": `edition value "2024"`,
}

// importAll imports every module of a directory, each in a process of its own: their .proto files may contradict each
// other. It prints those that fail.
const importAll = `
import importlib, os, pathlib, sys, traceback
import grpc, hazards.goplugin
failed = False
for path in sorted(pathlib.Path("hazards/sdk").rglob("*.py")):
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    if (child := os.fork()) == 0:
        try:
            importlib.import_module(module)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    failed |= os.waitpid(child, 0)[1] != 0
sys.exit(failed)
`

// What could break the generated Go code does not break that in Python: it is well typed, and it loads.
func TestHazards(t *testing.T) {
	project := newProject(t, "hazards-python", kvAPI)
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "hazards", "goplugin"), os.DirFS(filepath.Join(project.dir, "src", project.pkg, "goplugin"))); err != nil {
		t.Fatal(err)
	}
	goldens := os.DirFS(filepath.Join(tools.Root(), "testdata", "golden"))
	entries, err := fs.ReadDir(goldens, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, err := fs.Stat(goldens, entry.Name()+"/want.err"); err == nil {
			continue
		}
		generateHazard(t, goldens, entry.Name(), filepath.Join(root, "hazards", "sdk"))
	}
	interpreter := python3(t)
	run(t, root, interpreter, "-m", "mypy", "--strict", "--no-error-summary", "-p", "hazards")
	run(t, root, interpreter, "-c", importAll)
}

// generateHazard generates the code of one hazard.
func generateHazard(t *testing.T, goldens fs.FS, name, dir string) {
	t.Helper()
	var files []string
	err := fs.WalkDir(goldens, name, func(file string, _ fs.DirEntry, err error) error {
		if path.Ext(file) == ".proto" {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var made map[string]string
	req, err := compile.Request(t.Context(), goldens, files, "")
	if err == nil {
		made, err = python.Generate(req)
	}
	if want, ok := refused[name]; ok || err != nil {
		if !ok || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, want)
		}
		return
	}
	for file, content := range made {
		file = filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
