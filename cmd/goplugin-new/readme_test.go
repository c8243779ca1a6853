package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// block matches a fenced block of Markdown: its language and its text.
var block = regexp.MustCompile("(?s)```([a-z]*)\n(.*?)```")

// tourBlocks returns the blocks of the README's tour in one language, in order.
func tourBlocks(t *testing.T, language string) []string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(tools.Root(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tour, found := strings.Cut(string(readme), "\n## A tour\n")
	tour, _, end := strings.Cut(tour, "\n## ")
	if !found || !end {
		t.Fatal("README.md has no section \"A tour\" with another behind it")
	}
	var blocks []string
	for _, match := range block.FindAllStringSubmatch(tour, -1) {
		if match[1] == language {
			blocks = append(blocks, match[2])
		}
	}
	return blocks
}

// shell runs a script in dir, with the commands that it installs on the PATH, and returns what it prints.
func shell(t *testing.T, dir, bin, script string) string {
	t.Helper()
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, output)
	}
	return string(output)
}

// TestReadmeTour does what the README's tour prints: its commands, in order, and its snippets, which must stand in the
// files of the project or compile in it.
func TestReadmeTour(t *testing.T) {
	commands := tourBlocks(t, "sh")
	if len(commands) != 3 {
		t.Fatalf("the tour has %d blocks of commands, want 3: install, create, run", len(commands))
	}
	bin, dir := t.TempDir(), t.TempDir()
	shell(t, tools.Root(), bin, commands[0])
	shell(t, dir, bin, commands[1])
	project := filepath.Join(dir, "greeter")

	checkStands(t, project, "proto/greeter/v1/greeter.proto", tourBlocks(t, "proto")[0])
	snippets := tourBlocks(t, "go")
	checkStands(t, project, "sdk/greeterv1/greeter_goplugin.pb.go", snippets[0])
	checkStands(t, project, "plugins/english/main.go", snippets[1])
	checkCompiles(t, project, bin, snippets[2])

	got := shell(t, project, bin, commands[2])
	if want := tourBlocks(t, "")[0]; got != want {
		t.Errorf("the tour's commands print %q, the README says %q", got, want)
	}
}

// checkStands checks that a snippet stands in a file, comments and blank lines aside.
func checkStands(t *testing.T, project, name, snippet string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(project, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(codeOf(string(data)), codeOf(snippet)) {
		t.Errorf("%s lacks the README's snippet:\n%s", name, snippet)
	}
}

// codeOf drops the lines that are empty or comments.
func codeOf(text string) string {
	return regexp.MustCompile(`(?m)^\s*(//.*)?\n`).ReplaceAllString(text, "")
}

// checkCompiles checks that a snippet compiles as the body of a function of a host.
func checkCompiles(t *testing.T, project, bin, body string) {
	t.Helper()
	dir := filepath.Join(project, "cmd", "tour")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	code := "package main\n\nimport (\n\"context\"\n\"fmt\"\n\"os/exec\"\n\n\"example.com/greeter/sdk/greeterv1\"\n)\n\n" +
		"func main() {\nfmt.Println(run(context.Background()))\n}\n\n" +
		"func run(ctx context.Context) error {\n" + body + "\nfmt.Println(greeting)\nreturn err\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	shell(t, project, bin, "go vet ./cmd/tour")
}
