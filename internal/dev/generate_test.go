package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/cli"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestCheckedInCode holds that the generated code of this repository is what the generators emit now.
func TestCheckedInCode(t *testing.T) {
	for _, s := range sources() {
		t.Run(s.path, func(t *testing.T) {
			files, err := s.generate(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range files {
				got, err := os.ReadFile(filepath.Join(tools.Root(), name))
				if err != nil {
					t.Error(err)
				} else if string(got) != want {
					t.Errorf("%s is not what the generators emit: run \"go run ./internal/dev generate\"", name)
				}
			}
		})
	}
}

// TestExamples holds that the examples are what goplugin-new writes now, but for the files in which a person went on.
func TestExamples(t *testing.T) {
	for _, e := range examples() {
		t.Run(e.name, func(t *testing.T) {
			drift, err := e.drift(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, difference := range drift {
				t.Errorf("example/%s/%s", e.name, difference)
			}
		})
	}
}

// TestExampleCommands holds that the commands of example/README.md give the examples, and that it names what a person
// wrote.
func TestExampleCommands(t *testing.T) {
	t.Chdir(tools.Root())
	readme, err := os.ReadFile("example/README.md")
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string][]string{} // by the directories of the projects
	for line := range strings.Lines(string(readme)) {
		if command, ok := strings.CutPrefix(line, "go run ./cmd/goplugin-new "); ok {
			dir, changes := wouldChange(t, strings.Fields(command))
			changed[dir] = append(changed[dir], changes...)
		}
	}
	for _, e := range examples() {
		dir := "example/" + e.name
		for _, file := range e.written {
			if !slices.Contains(changed[dir], file) || !strings.Contains(string(readme), "]("+e.name+"/"+file+")") {
				t.Errorf("%s: expected a link to %s, and a command that would change it", dir, file)
			}
		}
		if len(changed[dir]) != len(e.written) {
			t.Errorf("%s: the commands would change %q, a person wrote %q", dir, changed[dir], e.written)
		}
	}
}

// wouldChange returns the directory that a command of goplugin-new is about, and which of its files the command would
// write anew.
func wouldChange(t *testing.T, args []string) (dir string, files []string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := cli.Main(t.Context(), append(args, "--force", "--dry-run", "--json"), cli.Streams{Out: &stdout, Err: &stderr}); code != 0 {
		t.Fatalf("%q: exit code %d\n%s", args, code, stderr.String())
	}
	var outcome struct {
		Dir     string
		Changes []struct{ Path string }
	}
	if err := json.Unmarshal(stdout.Bytes(), &outcome); err != nil {
		t.Fatal(err)
	}
	for _, c := range outcome.Changes {
		files = append(files, c.Path)
	}
	return filepath.ToSlash(outcome.Dir), files
}
