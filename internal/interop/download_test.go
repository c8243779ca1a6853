package interop

import (
	_ "embed"
	"encoding/json"
	"strings"
	"testing"
)

// pins lists the modules that the tests download, in the format of a go.sum file.
//
//go:embed testdata/modules.sum
var pins string

// A pin is the one version of a module that the tests use, and the checksum of its files.
type pin struct {
	version, sum string
}

// pinOf returns the pin of a module.
func pinOf(t *testing.T, module string) pin {
	t.Helper()
	for line := range strings.Lines(pins) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("testdata/modules.sum: expected MODULE VERSION SUM, found %q", line)
		}
		if fields[0] == module {
			return pin{fields[1], fields[2]}
		}
	}
	t.Fatalf("testdata/modules.sum has no line for %s: take its version and sum from \"go mod download -json MODULE@VERSION\"", module)
	return pin{}
}

// download returns the directory of a module at its pinned version. It downloads the module unless the module cache
// has it.
func download(t *testing.T, module string) string {
	t.Helper()
	pinned := pinOf(t, module)
	// The checksum is compared below, so no checksum database needs to be asked.
	c := command{dir: t.TempDir(), env: []string{"GOSUMDB=off", "GOWORK=off"}}
	c.args = []string{"go", "mod", "download", "-json", module + "@" + pinned.version}
	out, err := c.attempt(t)
	var found struct{ Dir, Sum, Error string }
	if jsonErr := json.Unmarshal([]byte(out.stdout), &found); jsonErr != nil {
		t.Fatalf("download %s %s: %v, stdout is no JSON (%v)\nstdout:\n%s\nstderr:\n%s",
			module, pinned.version, err, jsonErr, out.stdout, out.stderr)
	}
	if err != nil || found.Error != "" {
		t.Fatalf("download %s %s: %s (%v). These tests need the network, or a module cache that has the modules of testdata/modules.sum",
			module, pinned.version, found.Error, err)
	}
	if found.Sum != pinned.sum {
		t.Fatalf("%s %s has the checksum %s, testdata/modules.sum pins %s: somebody changed a published version",
			module, pinned.version, found.Sum, pinned.sum)
	}
	return found.Dir
}
