package scaffold

import (
	"path/filepath"
	"strings"
	"testing"
)

// mod returns a go.mod that requires modules.
func mod(path string, requires ...string) string {
	text := "module " + path + "\n"
	for _, r := range requires {
		text += "require " + r + " v0.1.0\n"
	}
	return text
}

// Where a project is, and what in it, seen from a directory.
func TestFind(t *testing.T) {
	single := map[string]string{"p/buf.gen.yaml": "", "p/go.mod": mod("p"), "p/cmd/p/main.go": ""}
	split := map[string]string{
		"p/go.work": "use (\n./app\n./sdk\n./proto\n)\n", "p/app/go.mod": mod("p/app", "p/sdk"), "p/app/cmd/p/main.go": "",
		"p/sdk/go.mod": mod("p/sdk"), "p/sdk/buf.gen.yaml": "", "p/sdk/pv1/x": "", "p/proto/go.mod": mod("p/proto"), "p/proto/p/x": "",
		"p/app/plugins/snake/buf.gen.yaml": "", "p/other/x": "",
	}
	for name, test := range map[string]struct {
		files     map[string]string
		from      string
		want      string // directory, then those of the host's module and of the SDK's
		wantHost  string // where that differs
		wantError string // of either
	}{
		"single, its top":                 {single, "p", "p . .", "", ""},
		"single, inside":                  {single, "p/cmd/p", "p . .", "", ""},
		"split, its top":                  {split, "p", "p app sdk", "", ""},
		"split, the host's module":        {split, "p/app/cmd/p", "p app sdk", "", ""},
		"split, the SDK's module":         {split, "p/sdk/pv1", "p app sdk", "", ""},
		"split, the module of the .proto": {split, "p/proto/p", "p app sdk", "", ""},
		"split, a directory of no module": {split, "p/other", "p app sdk", "", ""},
		"split, a plugin in Python":       {split, "p/app/plugins/snake", "p/app/plugins/snake  .", "p app sdk", ""},
		"an SDK alone":                    {map[string]string{"p/buf.gen.yaml": "", "p/go.mod": mod("p")}, "p", "p  .", "no project", ""},
		"no Go module":                    {map[string]string{"p/buf.gen.yaml": ""}, "p", "p  .", "no project", ""},
		"nothing":                         {map[string]string{"p/x": ""}, "p", "no project", "no project", ""},
		"single among modules of others": {merge(single, map[string]string{
			"go.work": "use ./p\nuse ./q\n", "q/go.mod": mod("q", "p"), "q/cmd/q/main.go": ""}), "q", "p . .", "", ""},
		"an SDK and a host of others": {merge(split, map[string]string{
			"p/go.work": "use ./app\nuse ./sdk\nuse ./q\n", "p/q/go.mod": mod("q"), "p/q/cmd/q/main.go": ""}), "p/q", "p app sdk", "", ""},
		"modules elsewhere": {merge(split, map[string]string{
			"p/go.work": "use ./app\nuse ./sdk\nuse ../q\n", "q/go.mod": mod("q", "p/sdk"), "q/cmd/q/main.go": ""}), "p", "p app sdk", "", ""},
		"two SDKs": {merge(split, map[string]string{
			"p/go.work": "use ./app\nuse ./sdk\nuse ./q\n", "p/q/go.mod": mod("q"), "p/q/buf.gen.yaml": ""}), "p/app", "", "", "choose one with --dir: sdk, q"},
		"two hosts": {merge(split, map[string]string{
			"p/go.work": "use ./app\nuse ./sdk\nuse ./q\n", "p/q/go.mod": mod("q", "p/sdk"), "p/q/cmd/q/main.go": ""}), "p/sdk", "", "", "found 2: app, q"},
		"a go.work with a mistake":  {merge(split, map[string]string{"p/go.work": "use\n"}), "p", "", "", "go.work:1"},
		"a module without a go.mod": {merge(split, map[string]string{"p/go.work": "use ./sdk\nuse ./gone\n"}), "p", "", "", "expected a Go module"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeTree(t, dir, test.files)
			if test.wantHost == "" {
				test.wantHost = test.want
			}
			for want, find := range map[string]func(string) (*Project, error){"project " + test.want: FindProject, "host " + test.wantHost: FindHost} {
				p, err := find(filepath.Join(dir, filepath.FromSlash(test.from)))
				_, want, _ := strings.Cut(want, " ")
				checkFound(t, dir, p, err, want, test.wantError)
			}
		})
	}
}

// checkFound compares a project with a description: directory, host's module and SDK's module, or "no project".
func checkFound(t *testing.T, dir string, p *Project, err error, want, wantError string) {
	t.Helper()
	got := "no project"
	switch {
	case wantError != "":
		if err == nil || !strings.Contains(err.Error(), wantError) {
			t.Errorf("got error %v, want %q", err, wantError)
		}
		return
	case err == nil:
		rel, relErr := filepath.Rel(dir, p.Dir)
		if relErr != nil {
			t.Fatal(relErr)
		}
		got = filepath.ToSlash(rel) + " " + p.app + " " + p.sdk
	case !strings.Contains(err.Error(), "expected a project"):
		t.Errorf("got error %v, want one that says what was expected", err)
	}
	if got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}

func merge(trees ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, tree := range trees {
		for name, content := range tree {
			all[name] = content
		}
	}
	return all
}

// The .proto files of a project may be elsewhere, where a plan does not write.
func TestInProject(t *testing.T) {
	p := &Project{Dir: filepath.Join("a", "b")}
	if got, err := p.inProject(filepath.Join("a", "b", "c", "d")); got != "c/d" || err != nil {
		t.Errorf("got %q, %v, want c/d", got, err)
	}
	if _, err := p.inProject(filepath.Join("a", "c")); err == nil || !strings.Contains(err.Error(), "is not in the project") {
		t.Errorf("got %v, want an error", err)
	}
}
