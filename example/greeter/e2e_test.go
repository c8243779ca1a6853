package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestGreet builds the host and the plugin and runs them as a user would.
func TestGreet(t *testing.T) {
	host := build(t, t.TempDir(), "greeter", "./cmd/greeter")
	pluginDir := t.TempDir()
	build(t, pluginDir, "greeter-english", "./plugins/english")

	tests := map[string]struct {
		args []string
		want string
	}{
		"nobody":   {nil, "Hello!"},
		"somebody": {[]string{"Ada"}, "Hello, Ada!"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			command := exec.Command(host, append([]string{"-plugin-dir", pluginDir}, test.args...)...)
			command.Stderr = os.Stderr
			output, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			_, greeting, _ := strings.Cut(strings.TrimSpace(string(output)), ": ")
			if greeting != test.want {
				t.Errorf("got %q, want the greeting %q", output, test.want)
			}
		})
	}
}

// TestNoPlugin checks that the host says where it looked.
func TestNoPlugin(t *testing.T) {
	host := build(t, t.TempDir(), "greeter", "./cmd/greeter")
	empty := t.TempDir()

	output, err := exec.Command(host, "-plugin-dir", empty).CombinedOutput()
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
