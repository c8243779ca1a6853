package pythontest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// The APIs of the tests: .proto files of this repository, whose Go code is checked in, by the paths that a project gives
// them.
var (
	kvAPI   = api{"kv/v1/kv.proto": "internal/testapi/kvv1/kv.proto"}
	fullAPI = api{
		"kv/v1/kv.proto":               "internal/testapi/kvv1/kv.proto",
		"weather/v1/weather.proto":     "example/negotiated/weatherv1/weather.proto",
		"weather/v2/weather.proto":     "example/negotiated/weatherv2/weather.proto",
		"behaviour/v1/behaviour.proto": "internal/behaviour/behaviourpb/behaviour.proto",
	}
)

// An api is .proto files: where they are in this repository, by their paths in imports.
type api map[string]string

func (a api) sources(t *testing.T) (fs.FS, []string) {
	t.Helper()
	sources, files := fstest.MapFS{}, []string{}
	for name, path := range a {
		data, err := os.ReadFile(filepath.Join(tools.Root(), path))
		if err != nil {
			t.Fatal(err)
		}
		sources[name] = &fstest.MapFile{Data: data}
		files = append(files, name)
	}
	return sources, files
}

// A project is a scaffolded plugin.
type project struct {
	dir, name, pkg string
}

// newProject scaffolds a plugin of an API.
func newProject(t *testing.T, name string, a api) project {
	t.Helper()
	sources, files := a.sources(t)
	plan, err := scaffold.ForeignPlugin(t.Context(), scaffold.ForeignOptions{Name: name, Language: "python", Sources: sources, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	p := project{filepath.Join(t.TempDir(), name), name, strings.ReplaceAll(name, "-", "_")}
	if _, err := plan.Apply(t.Context(), p.dir); err != nil {
		t.Fatal(err)
	}
	return p
}

// fullProject scaffolds a plugin of all APIs and writes it: testdata/plugin.py.
func fullProject(t *testing.T) project {
	t.Helper()
	p := newProject(t, "full-python", fullAPI)
	implementation, err := os.ReadFile(filepath.Join("testdata", "plugin.py"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "src", p.pkg, "plugin.py"), implementation, 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p project) read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// command returns the command that runs a module of Python in the project.
func (p project) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(python3(t), append([]string{"-m"}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(p.dir, "src"), mypyCache())
	return cmd
}

// plugin returns the command that starts the plugin.
func (p project) plugin(t *testing.T) *exec.Cmd { return p.command(t, p.pkg) }

// A new project passes what its Makefile runs, before anybody has written a line.
func TestNewProject(t *testing.T) {
	newProject(t, "kv-python", kvAPI).check(t, []string{"pytest", "-q"}, []string{"ruff", "check", "--no-cache"}, []string{"ruff", "format", "--check", "--no-cache"}, []string{"mypy"}, []string{"mypy", "--platform", "win32"})
}

// A plugin of several APIs that somebody has written is well typed.
func TestWrittenProject(t *testing.T) {
	fullProject(t).check(t, []string{"ruff", "check", "--no-cache"}, []string{"ruff", "format", "--check", "--no-cache"}, []string{"mypy"})
}

// check runs modules of Python that must succeed.
func (p project) check(t *testing.T, commands ...[]string) {
	t.Helper()
	for _, args := range commands {
		if output, err := p.command(t, args...).CombinedOutput(); err != nil {
			t.Errorf("%q: %v\n%s", args, err, output)
		}
	}
}
