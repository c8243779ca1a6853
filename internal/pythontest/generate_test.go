package pythontest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// What "make generate" writes in a new project is what is there.
func TestRegenerate(t *testing.T) {
	bin := t.TempDir()
	run(t, tools.Root(), "go", "build", "-o", bin+string(filepath.Separator), "./cmd/goplugin-new", "./cmd/protoc-gen-goplugin-python")
	p := newProject(t, "regenerated-python", fullAPI)
	generated := filepath.Join(p.dir, "src", p.pkg, "sdk", "kv", "v1", "kv_goplugin.py")
	want := p.read(t, "src/"+p.pkg+"/sdk/kv/v1/kv_goplugin.py")
	generate := func(args ...string) error {
		cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "goplugin-new"), append([]string{"generate"}, args...)...)
		cmd.Dir = p.dir
		cmd.Env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
		output, err := cmd.CombinedOutput()
		t.Logf("generate %q: %s", args, output)
		return err
	}
	if err := generate("--check"); err != nil {
		t.Errorf("a new project has drifted: %v", err)
	}
	if err := os.Remove(generated); err != nil {
		t.Fatal(err)
	}
	if err := generate("--check"); err == nil {
		t.Error("a lost file is no drift")
	}
	if err := generate(); err != nil {
		t.Fatal(err)
	}
	if got := p.read(t, "src/"+p.pkg+"/sdk/kv/v1/kv_goplugin.py"); string(got) != string(want) {
		t.Errorf("got another file:\n%s", got)
	}
}
