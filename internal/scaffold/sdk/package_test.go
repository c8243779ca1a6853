package sdk

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// golden returns what the generator makes of one of its hazards.
func golden(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(tools.Root(), "testdata", "golden", filepath.FromSlash(dir), "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	files := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = string(data)
	}
	return files
}

// describe writes the services of a package a line each.
func describe(p *Package) string {
	var b strings.Builder
	for _, s := range p.Services {
		kind := "callback"
		if s.Plugin {
			kind = "plugin"
		}
		b.WriteString(kind + " " + s.Name + " imports")
		for _, i := range s.Imports {
			b.WriteString(" " + i.Name)
			if i.Name != path.Base(i.Path) {
				b.WriteString("=" + i.Path)
			}
		}
		b.WriteString("\n")
		for _, m := range s.Methods {
			b.WriteString("  " + m.Name + m.Signature + "\n")
		}
	}
	return b.String()
}

// Every kind of signature, as another package writes it.
func TestRead(t *testing.T) {
	tests := map[string]struct {
		dir, want string
	}{
		"callbacks": {"callbacks/want", `plugin Counter imports context iter
  Put(ctx context.Context, addServer callbacks.AddHelper, key string, value int64, data []byte) (int64, error)
  Keep(ctx context.Context, notifier callbacks.Notifier) (int64, error)
  Both(ctx context.Context, s callbacks.AddHelper, stopS callbacks.Notifier) (int64, error)
  Watch(ctx context.Context, addServer callbacks.AddHelper, key string, value int64, data []byte) iter.Seq2[int64, error]
  Plain(ctx context.Context, sum int64) (int64, error)
callback AddHelper imports context
  Sum(ctx context.Context, a, b int64) (int64, error)
plugin Notifier imports context
  Notify(ctx context.Context, c callbacks.AddHelper) (int64, error)
`},
		"a package of the messages beside it": {"package_suffix/want/greeterv1/greeterv1plugin", `plugin Greeter imports context greeterv1 time
  Greet(ctx context.Context, greeterv1_ string, time_ time.Time) (*greeterv1.Greeter, error)
  DoBig(ctx context.Context, req *greeterv1.Big) (*greeterv1.Big, error)
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := Read("example.com/x", golden(t, test.dir), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(p); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// All goldens can be read: whatever the generator emits, hosts and plugins can be written against it.
func TestReadGoldens(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(tools.Root(), "testdata", "golden", "*", "want", "goplugin.pb.go"))
	if err != nil || len(dirs) < 20 {
		t.Fatalf("found %d goldens: %v", len(dirs), err)
	}
	for _, dir := range dirs {
		hazard := filepath.Base(filepath.Dir(filepath.Dir(dir)))
		p, err := Read("example.com/x", golden(t, hazard+"/want"), nil)
		if err != nil {
			t.Errorf("%s: %v", hazard, err)
			continue
		}
		if len(p.Services) == 0 {
			t.Errorf("%s: no services", hazard)
		}
	}
}

func TestReadQualifier(t *testing.T) {
	for dir, want := range map[string]string{"go_package_context/want": "contextsdk", "go_package_plugin/want": "pluginsdk", "callbacks/want": "callbacks"} {
		p, err := Read("example.com/x", golden(t, dir), []string{"plugin"})
		if err != nil || p.Qualifier != want {
			t.Errorf("%s: got %q, %v, want %q", dir, p.Qualifier, err, want)
		}
	}
	p, err := Read("example.com/x", golden(t, "callbacks/want"), []string{"callbacks"})
	if err != nil || p.Qualifier != "callbackssdk" || !strings.Contains(describe(p), "addServer callbackssdk.AddHelper") {
		t.Errorf("got %q, %v: a reserved name was taken", p.Qualifier, err)
	}
}

func TestReadOthers(t *testing.T) {
	if _, err := Read("example.com/x", map[string]string{"x.go": "package x"}, nil); !errors.Is(err, ErrNoPackage) {
		t.Errorf("got %v, want ErrNoPackage", err)
	}
	if _, err := Read("example.com/x", map[string]string{"x.go": generatedLine + "\npackage x"}, nil); err == nil || !strings.Contains(err.Error(), "expected a struct PluginSet") {
		t.Errorf("got %v, want what is missing", err)
	}
	if _, err := Read("example.com/x", map[string]string{"x.go": generatedLine + "\npackage"}, nil); err == nil || !strings.Contains(err.Error(), "example.com/x/x.go:2:8") {
		t.Errorf("got %v, want the position of the mistake", err)
	}
}
