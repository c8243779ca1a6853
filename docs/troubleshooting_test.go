package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

var message = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// TestMessages holds that the messages of troubleshooting.md are those of the versions in go.mod, or of this repository.
func TestMessages(t *testing.T) {
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/hashicorp/go-plugin", "google.golang.org/grpc")
	list.Dir = tools.Root()
	modules, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, dir := range append(strings.Fields(string(modules)), "../pluginhost", "../templates/glue") {
		paths, err := filepath.Glob(filepath.Join(dir, "*.go*")) // and templates
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v, expected source files", dir, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(data)
		}
	}
	messages := message.FindAllStringSubmatch(read(t, "docs/troubleshooting.md"), -1)
	if len(messages) == 0 {
		t.Error("expected messages in docs/troubleshooting.md, found none")
	}
	for _, match := range messages {
		if !strings.Contains(sources.String(), match[1]) {
			t.Errorf("docs/troubleshooting.md: no source has the message %q", match[1])
		}
	}
}
