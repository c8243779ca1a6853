package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// outputs are what the examples print.
var outputs = map[string]string{
	"greeter": `Hello!
`,
	"kv": `hello = world
goodbye is not there (key "goodbye": not found)
`,
	"streamer": `wrote 26 bytes
read "Lorem ipsu"
read "m dolor si"
read "t amet"
read "Lorem ipsu" and no more
`,
	"counter": `the plugin asks for 0 + 2
the plugin asks for 2 + 3
5 apples
`,
	"negotiated": `host of versions 1 and 2, ./old: version 1, 20.0 °C
host of version 2, ./old: incompatible API version with plugin. Plugin version: 1, Client versions: [2]
host of versions 1 and 2, ./new: version 2, 21.5 °C, humidity 40 %
host of version 2, ./new: version 2, 21.5 °C, humidity 40 %
host of versions 1 and 2, ./both: version 2, 15.0 °C
host of version 2, ./both: version 2, 15.0 °C
`,
}

// upstream is, by the names that the README gives them, what the examples of go-plugin consist of: files and
// directories, and those below which are not counted.
var upstream = map[string]struct{ with, without []string }{
	"basic":         {with: []string{"basic"}},
	"grpc":          {with: []string{"grpc"}, without: []string{"grpc/plugin-go-netrpc", "grpc/shared/rpc.go"}},
	"streaming":     {with: []string{"streaming"}},
	"bidirectional": {with: []string{"bidirectional"}},
	"negotiated":    {with: []string{"negotiated", "grpc/shared", "grpc/proto"}},
}

// A row is an example as the README's table has it.
type row struct{ name, lines, upstream, upstreamLines, command string }

func rows(t *testing.T) []row {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(string(readme)) {
		cells := strings.Split(line, " | ")
		if name, isExample := strings.CutPrefix(cells[0], "| ["); isExample && len(cells) == 6 {
			name, _, _ = strings.Cut(name, "]")
			rows = append(rows, row{name, cells[2], cells[3], cells[4], strings.Trim(cells[5], "`| \n")})
		}
	}
	return rows
}

// TestRun runs every example of the README by its command, and expects nothing but its output.
func TestRun(t *testing.T) {
	// The go command says on stderr what it downloads. It does that here, so that later stderr is the example's own.
	if _, stderr, err := attempt(t, "go", "build", "./example/..."); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	for _, row := range rows(t) {
		t.Run(row.name, func(t *testing.T) {
			stdout, stderr, err := attempt(t, strings.Fields(row.command)...)
			if err != nil || stdout != outputs[row.name] || stderr != "" {
				t.Errorf("%v, stdout:\n%s\nstderr:\n%s\nwant stdout:\n%s", err, stdout, stderr, outputs[row.name])
			}
		})
	}
}

// TestMistakes holds that the command says which examples there are.
func TestMistakes(t *testing.T) {
	for _, args := range [][]string{{}, {"nothing"}, {"kv", "streamer"}} {
		_, stderr, err := attempt(t, append([]string{"go", "run", "./example"}, args...)...)
		for name := range outputs {
			if err == nil || !strings.Contains(stderr, name) {
				t.Errorf("%q: got %v and %q, want an error that names %s", args, err, stderr, name)
			}
		}
	}
}

// TestReadme holds that the README's table has every example, and the right numbers of lines.
func TestReadme(t *testing.T) {
	rows := rows(t)
	hosts, err := filepath.Glob("*/host")
	if err != nil || len(hosts) != len(rows) {
		t.Errorf("%v; the README has %d examples, there are %q", err, len(rows), hosts)
	}
	module, _, err := attempt(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/hashicorp/go-plugin")
	if err != nil {
		t.Fatal(err)
	}
	theirs := os.DirFS(filepath.Join(strings.TrimSpace(module), "examples"))
	for _, row := range rows {
		if got := count(t, os.DirFS("."), []string{row.name}, nil); got != row.lines {
			t.Errorf("%s has %s, the README says %s", row.name, got, row.lines)
		}
		files := upstream[row.upstream]
		if got := count(t, theirs, files.with, files.without); got != row.upstreamLines {
			t.Errorf("go-plugin's %s has %s, the README says %s", row.upstream, got, row.upstreamLines)
		}
	}
}

// count returns how many lines of Go and of proto a person wrote in files and directories.
func count(t *testing.T, fsys fs.FS, with, without []string) string {
	t.Helper()
	lines := map[string]int{}
	for _, root := range with {
		err := fs.WalkDir(fsys, root, func(name string, entry fs.DirEntry, err error) error {
			if slices.Contains(without, name) && entry.IsDir() {
				return fs.SkipDir
			}
			if err != nil || entry.IsDir() || slices.Contains(without, name) || strings.HasSuffix(name, ".pb.go") {
				return err
			}
			content, err := fs.ReadFile(fsys, name)
			lines[path.Ext(name)] += countLines(string(content))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("%d Go, %d proto", lines[".go"], lines[".proto"])
}

// countLines counts neither blank lines nor comments, except that it counts directives.
func countLines(content string) int {
	n := 0
	for line := range strings.Lines(content) {
		line = strings.TrimSpace(line)
		comment, isComment := strings.CutPrefix(line, "//")
		if line != "" && (!isComment || strings.HasPrefix(strings.TrimSpace(comment), "goplugin:")) {
			n++
		}
	}
	return n
}

// attempt runs a program in the root of the repository, where the README says to, and ends one that hangs.
func attempt(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = tools.Root(), &out, &errOut
	cmd.WaitDelay = time.Second // a plugin that outlives its host holds stderr open
	err = cmd.Run()
	return out.String(), errOut.String(), err
}
