package behaviour

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/generate"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestOldPluginMeetsNewHost builds a plugin, adds methods of every kind to its service, and calls it from a host that
// knows them: as it was built, and built anew from the same source.
func TestOldPluginMeetsNewHost(t *testing.T) {
	m := newEvolvingModule(t)
	m.generate(t, "old")
	old := m.build(t, "plugin", "old")
	m.generate(t, "new")
	rebuilt := m.build(t, "plugin", "rebuilt")
	host := m.build(t, "host", "host")
	const want = `Get: "value of k" <nil>
Put: unsupported true
Watch: unsupported true
Import: unsupported true
Read: unsupported true
`
	for _, program := range []string{old, rebuilt} {
		output, err := exec.Command(host, program).CombinedOutput()
		if err != nil || string(output) != want {
			t.Errorf("%s: %v, got:\n%s\nwant:\n%s", filepath.Base(program), err, output, want)
		}
	}
}

// An evolvingModule is a module with a plugin, a host, and the SDK that both use.
type evolvingModule struct{ dir string }

// newEvolvingModule writes all but the SDK. Versions are those of this module.
func newEvolvingModule(t *testing.T) evolvingModule {
	t.Helper()
	m := evolvingModule{t.TempDir()}
	if err := os.CopyFS(m.dir, os.DirFS("testdata/evolve")); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(tools.Root(), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, requirements, _ := strings.Cut(string(mod), "\n")
	m.write(t, "go.mod", "module evolve.test\n"+requirements)
	sum, err := os.ReadFile(filepath.Join(tools.Root(), "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m.write(t, "go.sum", string(sum))
	return m
}

func (m evolvingModule) write(t *testing.T, name, content string) {
	t.Helper()
	file := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// generate writes the SDK of one version of store.proto.
func (m evolvingModule) generate(t *testing.T, version string) {
	t.Helper()
	req, err := compile.Request(t.Context(), os.DirFS(filepath.Join(m.dir, version)), []string{"store.proto"}, "module=evolve.test")
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate.Files(req)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		m.write(t, name, content)
	}
}

// build builds a command of the module and returns its program.
func (m evolvingModule) build(t *testing.T, command, name string) string {
	t.Helper()
	program := filepath.Join(m.dir, "bin", name)
	cmd := exec.Command("go", "build", "-mod=mod", "-o", program, "./"+command)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", command, err, output)
	}
	return program
}
