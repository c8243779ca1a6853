package docs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestWalks does what the documents tell their readers to: the commands of each in order, in one shell that begins in
// an empty directory, beside the files that the document has them write. A block without a language right behind commands
// is what they print; a line "…" in it stands for any lines.
func TestWalks(t *testing.T) {
	for _, name := range documents(t) {
		if steps := walk(t, name); len(steps) > 0 {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				checkWalk(t, name, steps)
			})
		}
	}
}

// A step is a block of commands, with what they print where the document says it.
type step struct {
	line     int
	script   string
	expected *string
}

// walk returns the steps of a document.
func walk(t *testing.T, name string) []step {
	t.Helper()
	var steps []step
	commands := false // whether the block before is commands that are run
	for _, b := range blocks(read(t, name)) {
		file, isFile := strings.CutPrefix(b.marker, "write ")
		printed := commands && b.language == ""
		commands = b.language == "sh" && !strings.HasPrefix(b.marker, "not run: ")
		switch {
		case strings.HasPrefix(b.marker, "not run: "):
		case isFile:
			steps = append(steps, step{line: b.line, script: writeScript(file, b.text)})
		case b.language == "sh" && b.marker == "in the clone":
			steps = append(steps, step{line: b.line, script: fmt.Sprintf("(cd '%s'\n%s)\n", tools.Root(), b.text)})
		case b.language == "sh" && b.marker == "":
			steps = append(steps, step{line: b.line, script: b.text})
		case b.language == "sh":
			t.Errorf("%s:%d: expected \"in the clone\" or \"not run: REASON\" above the commands, found %q", name, b.line, b.marker)
		case printed:
			steps[len(steps)-1].expected = &b.text
		}
	}
	return steps
}

// writeScript returns commands that write a file, which a here-document carries as it is.
func writeScript(file, text string) string {
	return fmt.Sprintf("mkdir -p \"$(dirname '%[1]s')\"\ncat > '%[1]s' <<'END_OF_THE_BLOCK'\n%[2]sEND_OF_THE_BLOCK\n", file, text)
}

// end is what the shell prints behind the output of each step.
const end = "\x1e"

func checkWalk(t *testing.T, name string, steps []step) {
	t.Helper()
	var script strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&script, "%s\nprintf '\\036'\n", s.script)
	}
	output, err := shell(t, t.TempDir(), t.TempDir(), script.String())
	outputs := strings.Split(output, end)
	if err != nil {
		failed := steps[min(len(outputs), len(steps))-1]
		t.Fatalf("%s:%d: %v\n%s\n%s", name, failed.line, err, failed.script, outputs[len(outputs)-1])
	}
	for i, s := range steps {
		if s.expected != nil && !prints(outputs[i], *s.expected) {
			t.Errorf("%s:%d: the commands print\n%s\nthe document says\n%s", name, s.line, outputs[i], *s.expected)
		}
	}
}

// prints reports whether an output is as expected: the lines between gaps in order, and without a gap nothing else.
func prints(output, expected string) bool {
	if !strings.Contains(expected, "…\n") {
		return output == expected
	}
	return stands(strings.Split(output, "\n"), expected) == ""
}

// shell runs a script in dir and returns all that it prints. bin, into which it installs programs, is in front of the
// PATH; protoc and buf are behind it.
func shell(t *testing.T, bin, dir, script string) (string, error) {
	t.Helper()
	protoc, err := tools.Path("protoc")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-e", "-c", script)
	path := strings.Join([]string{bin, os.Getenv("PATH"), filepath.Dir(protoc)}, string(os.PathListSeparator))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOBIN="+bin, "PATH="+path, "GOWORK=off")
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	return output.String(), err
}

// install installs goplugin-new and returns the directory that it is in.
func install(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	if output, err := shell(t, bin, tools.Root(), "go install ./cmd/goplugin-new"); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return bin
}

// greeterProject creates the project of the README's tour and returns its directory.
func greeterProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if output, err := shell(t, install(t), dir, "goplugin-new greeter"); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return filepath.Join(dir, "greeter")
}
