package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/hashicorp/go-plugin"

	"example.com/greeter/sdk/greeterv1"
)

// TestGreet calls the plugin in this process, where breakpoints in it are met, and as the program that a host starts.
func TestGreet(t *testing.T) {
	for name, client := range map[string]*plugin.Client{
		"in process": greeterv1.NewInProcessClient(greeterv1.PluginSet{Greeter: english{}}),
		"a program":  greeterv1.NewClient(exec.Command(build(t))),
	} {
		t.Run(name, func(t *testing.T) {
			defer client.Kill()
			greeter, err := greeterv1.DispenseGreeter(client)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"": "Hello!", "Ada": "Hello, Ada!"} {
				greeting, err := greeter.Greet(t.Context(), name)
				if err != nil || greeting != want {
					t.Errorf("Greet(%q) returned %q and error %v, want %q", name, greeting, err, want)
				}
			}
		})
	}
}

// build builds the plugin and returns the path of the program.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "english")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if output, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the plugin: %v\n%s", err, output)
	}
	return path
}
