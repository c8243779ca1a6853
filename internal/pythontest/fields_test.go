package pythontest

import (
	"path/filepath"
	"testing"
)

// Every kind of field arrives as it was sent, in either direction.
func TestFields(t *testing.T) {
	p := newProject(t, "fields-python", api{"fields/v1/fields.proto": "internal/pythontest/testdata/fields/v1/fields.proto"})
	p.check(t, []string{"mypy"}) // of the project as it is
	p.runScript(t, "fields.py")
}

// The host is found among the processes of Windows.
func TestStarter(t *testing.T) {
	newProject(t, "kv-python", kvAPI).runScript(t, "starter.py")
}

// runScript runs a file of testdata, which imports the project's package and must succeed.
func (p project) runScript(t *testing.T, name string) {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	cmd := p.command(t)
	cmd.Args = []string{cmd.Path, script}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, output)
	}
}
