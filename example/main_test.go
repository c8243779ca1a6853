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
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// outputs are what the commands of the README print.
var outputs = map[string]string{
	"greeter Ada": `greeter-english: Hello, Ada!
`,
	"kv kv put -key hello -value world": "",
	"kv kv get -key hello": `world
`,
	"counter counter put -key apples -value 2": `the plugin asks for 0 + 2
`,
	"counter counter put -key apples -value 3": `the plugin asks for 2 + 3
`,
	"counter counter get -key apples": `5
`,
	"streamer": `wrote 26 bytes
read "Lorem ipsu"
read "m dolor si"
read "t amet"
read "Lorem ipsu" and no more
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
	"grpc":          {with: []string{"grpc"}, without: []string{"grpc/plugin-go-netrpc", "grpc/shared/rpc.go"}},
	"streaming":     {with: []string{"streaming"}},
	"bidirectional": {with: []string{"bidirectional"}},
	"negotiated":    {with: []string{"negotiated", "grpc/shared", "grpc/proto"}},
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rows returns the cells of the tables of the README that have so many columns.
func rows(t *testing.T, columns int) [][]string {
	t.Helper()
	var list [][]string
	for line := range strings.Lines(readme(t)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if strings.HasPrefix(line, "| ") && len(cells) == columns && cells[0] != "example" {
			list = append(list, cells)
		}
	}
	return list
}

// TestRun runs the first commands of the README, and expects nothing but their outputs.
func TestRun(t *testing.T) {
	// The go command says on stderr what it downloads. It does that here, so that later stderr is the example's own.
	if _, stderr, err := attempt(t, "go", "build", "./example/..."); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	// What plugins kept of an earlier run.
	for _, file := range []string{"kv/kv_hello", "kv/kv_goodbye", "counter/counter_apples"} {
		if err := os.RemoveAll(filepath.Join(tools.Root(), ".cache", "example", file)); err != nil {
			t.Fatal(err)
		}
	}
	_, block, _ := strings.Cut(readme(t), "```sh\n")
	block, _, _ = strings.Cut(block, "```")
	ran := 0
	for line := range strings.Lines(block) {
		args, _ := strings.CutPrefix(strings.TrimSpace(line), "go run ./example ")
		t.Run(args, func(t *testing.T) {
			ran++
			stdout, stderr, err := attempt(t, strings.Fields(line)...)
			if want, known := outputs[args]; err != nil || !known || stdout != want || stderr != "" {
				t.Errorf("%v, stdout:\n%s\nstderr:\n%s\nwant stdout:\n%s", err, stdout, stderr, want)
			}
		})
	}
	if ran != len(outputs) {
		t.Errorf("the README runs %d commands, expected %d", ran, len(outputs))
	}
}

// TestMistakes holds that the command says which examples there are, and lets a host say what is wrong.
func TestMistakes(t *testing.T) {
	for _, args := range [][]string{{}, {"nothing"}} {
		_, stderr, err := attempt(t, append([]string{"go", "run", "./example"}, args...)...)
		for command := range outputs {
			name, _, _ := strings.Cut(command, " ")
			if err == nil || !strings.Contains(stderr, name) {
				t.Errorf("%q: got %v and %q, want an error that names %s", args, err, stderr, name)
			}
		}
	}
	_, stderr, err := attempt(t, "go", "run", "./example", "kv", "kv", "get", "-key", "goodbye")
	if want := "kv: key \"goodbye\": not found\n"; err == nil || !strings.HasPrefix(stderr, want) {
		t.Errorf("got %v and %q, want %q", err, stderr, want)
	}
}

var link = regexp.MustCompile(`\]\(([^)]+)\)`)

// TestReadme holds that the README has every example, and the right numbers of lines.
func TestReadme(t *testing.T) {
	written := map[string][]string{} // what a person wrote of each example
	for _, row := range append(rows(t, 3), rows(t, 2)...) {
		name := link.FindStringSubmatch(row[0])[1]
		written[name] = []string{name}
		if len(row) == 3 {
			written[name] = nil
			for _, match := range link.FindAllStringSubmatch(row[2], -1) {
				written[name] = append(written[name], match[1])
			}
		}
	}
	for _, pattern := range []string{"*/host", "*/go.mod", "*/go.work"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			if name := filepath.Dir(file); written[name] == nil && name != "container" {
				t.Errorf("the README lacks %s", name)
			}
		}
	}
	module, _, err := attempt(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/hashicorp/go-plugin")
	if err != nil {
		t.Fatal(err)
	}
	theirs := os.DirFS(filepath.Join(strings.TrimSpace(module), "examples"))
	compared := rows(t, 4)
	for _, row := range compared {
		if got := count(t, os.DirFS("."), written[row[0]], nil); got != row[1] {
			t.Errorf("%s has %s, the README says %s", row[0], got, row[1])
		}
		files := upstream[row[2]]
		if got := count(t, theirs, files.with, files.without); got != row[3] {
			t.Errorf("go-plugin's %s has %s, the README says %s", row[2], got, row[3])
		}
	}
	if len(compared) != len(upstream) {
		t.Errorf("the README compares %d examples, expected %d", len(compared), len(upstream))
	}
}

// count returns how many lines of Go, without tests, and of proto a person wrote in files and directories.
func count(t *testing.T, fsys fs.FS, with, without []string) string {
	t.Helper()
	lines := map[string]int{}
	for _, root := range with {
		err := fs.WalkDir(fsys, root, func(name string, entry fs.DirEntry, err error) error {
			if slices.Contains(without, name) && entry.IsDir() {
				return fs.SkipDir
			}
			if err != nil || entry.IsDir() || slices.Contains(without, name) || strings.HasSuffix(name, ".pb.go") || strings.HasSuffix(name, "_test.go") {
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
