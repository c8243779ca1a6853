package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

func modFile(t *testing.T, name string, data []byte) *modfile.File {
	t.Helper()
	f, err := modfile.Parse(name, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// protoc-gen-go runs in process here and by go.mod's version in a project: both must be one.
func TestProjectVersions(t *testing.T) {
	plan, err := New(t.Context(), Options{Name: "greeter"})
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, f := range plan.Files {
		if f.Path == "go.mod" {
			for _, r := range modFile(t, f.Path, f.Content).Require {
				versions[r.Mod.Path] = r.Mod.Version
			}
		}
	}
	data, err := os.ReadFile(filepath.Join(tools.Root(), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]string{}
	for _, r := range modFile(t, "go.mod", data).Require {
		ours[r.Mod.Path] = r.Mod.Version
	}
	for _, path := range []string{"github.com/hashicorp/go-plugin", "google.golang.org/grpc", "google.golang.org/protobuf"} {
		if versions[path] == "" || versions[path] != ours[path] {
			t.Errorf("%s: projects have %q, we have %q", path, versions[path], ours[path])
		}
	}
}

// The buf of a project's CI is the one that our tests run.
func TestBufVersion(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(tools.Root(), "internal", "tools", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `"@bufbuild/buf": "` + BufVersion + `"`; !strings.Contains(string(data), want) {
		t.Errorf("internal/tools/package.json lacks %s", want)
	}
}

func TestDevelGeneratorWithoutSource(t *testing.T) {
	_, err := develGenerator(t.TempDir(), "")
	if err == nil || !strings.Contains(err.Error(), "install a release") {
		t.Errorf("got %v, want an error that says what to do", err)
	}
}

// What is checked in here must mean the same in every checkout.
func TestSourceFrom(t *testing.T) {
	root := t.TempDir()
	absolute := filepath.ToSlash(root)
	link := filepath.Join(root, "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ dir, want string }{
		"inside":             {filepath.Join(root, "example", "greeter"), "../.."},
		"outside":            {filepath.Join(filepath.Dir(root), "greeter"), absolute},
		"linked from inside": {filepath.Join(link, "projects", "greeter"), absolute},
		"the root itself":    {root, absolute},
		"a longer name":      {root + "-of-another", absolute},
		"dots in the name":   {filepath.Join(root, "..greeter"), ".."},
		"no directory given": {"", absolute},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := sourceFrom(root, test.dir)
			if err != nil || got != test.want {
				t.Errorf("got %q and error %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestGeneratorBelow(t *testing.T) {
	for source, want := range map[string]string{"../..": "../../../..", "/src/goplugin": "/src/goplugin", "": ""} {
		if got := (generator{source: source}).below("app/plugins").source; got != want {
			t.Errorf("%q is %q below app/plugins, want %q", source, got, want)
		}
	}
}
