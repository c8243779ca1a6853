package pythontest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// One host calls the plugin in Go and the plugin in Python of the example alike.
func TestExample(t *testing.T) {
	greeter := filepath.Join(tools.Root(), "example", "greeter")
	p := project{filepath.Join(greeter, "plugins", "python"), "greeter-python", "greeter_python"}
	p.check(t, []string{"pytest", "-q", "-p", "no:cacheprovider"}, []string{"ruff", "check", "--no-cache"}, []string{"ruff", "format", "--check", "--no-cache"}, []string{"mypy"})

	dir := t.TempDir()
	host, plugins := filepath.Join(dir, "greeter"), filepath.Join(dir, "plugins")
	run(t, greeter, "go", "build", "-o", host, "./cmd/greeter")
	run(t, greeter, "go", "build", "-o", filepath.Join(plugins, "greeter-english"), "./plugins/english")
	script := fmt.Sprintf("#!/bin/sh\nPYTHONPATH='%s' exec '%s' -m %s\n", filepath.Join(p.dir, "src"), python3(t), p.pkg)
	if err := os.WriteFile(filepath.Join(plugins, p.name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), host, "-plugin-dir", plugins, "Ada")
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if want := "greeter-english: Hello, Ada!\ngreeter-python: Hello from Python, Ada!\n"; err != nil || string(output) != want {
		t.Errorf("got %q and error %v, want %q", output, err, want)
	}
}
