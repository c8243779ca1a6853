package pythontest

import (
	"path/filepath"
	"testing"
)

// Every kind of field arrives as it was sent, in either direction.
func TestFields(t *testing.T) {
	p := newProject(t, "fields-python", api{"fields/v1/fields.proto": "internal/pythontest/testdata/fields/v1/fields.proto"})
	script, err := filepath.Abs(filepath.Join("testdata", "fields.py"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := p.command(t, "mypy") // of the project as it is
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("mypy: %v\n%s", err, output)
	}
	cmd = p.command(t)
	cmd.Args = []string{cmd.Path, script}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
