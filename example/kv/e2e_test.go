package e2e

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"example.com/kv/sdk/kvv1"
)

// TestFirst builds a plugin, starts it and asks it for all that it serves.
func TestFirst(t *testing.T) {
	client := kvv1.NewClient(exec.Command(build(t, t.TempDir(), "kv-first", "./plugins/first")))
	defer client.Kill()
	if _, err := kvv1.DispenseKV(client); err != nil {
		t.Error(err)
	}
}

// TestNoPlugin checks that the host says where it looked.
func TestNoPlugin(t *testing.T) {
	host := build(t, t.TempDir(), "kv", "./cmd/kv")
	empty := t.TempDir()

	output, err := exec.Command(host, "-plugin-dir", empty, "kv", "get").CombinedOutput()
	if err == nil || !strings.Contains(string(output), empty) {
		t.Errorf("got %q and error %v, want a failure that names %s", output, err, empty)
	}
}

// build builds a package of this module and returns the path of the program.
func build(t *testing.T, dir, name, pkg string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if output, err := exec.Command("go", "build", "-o", path, pkg).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, output)
	}
	return path
}
