package pythontest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
)

// A host finds an installed plugin as a program, which holds all that it needs.
func TestInstalled(t *testing.T) {
	p := newProject(t, "installed-python", kvAPI)
	target := t.TempDir()
	run(t, p.dir, python3(t), "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", target, ".")
	cmd := p.plugin(t)
	cmd.Path = filepath.Join(target, "bin", p.name)
	cmd.Args, cmd.Dir = []string{cmd.Path}, t.TempDir()
	cmd.Env = append(os.Environ(), "PYTHONPATH="+target)
	client := kvv1.NewClient(cmd)
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.Ping(); err != nil {
		t.Error(err)
	}
}
