package gen

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// section returns the part of the README below a heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(tools.Root(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(readme), "\n### "+heading+"\n")
	if !found {
		t.Fatalf("README.md has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n### ")
	return text
}

// The README's table of directives and the vocabulary say the same.
func TestReadmeDirectives(t *testing.T) {
	on := map[string]element{"`package`": packageElement, "service": serviceElement, "rpc": methodElement, "`uint32` field": fieldElement}
	var documented []string
	for line := range strings.Lines(section(t, "Directives")) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.Contains(cells[2], directivePrefix) {
			continue
		}
		words := strings.Fields(strings.Trim(strings.TrimSpace(cells[2]), "`"))
		entry := strings.TrimPrefix(words[0], directivePrefix)
		for _, word := range words[1:] {
			key, _, _ := strings.Cut(word, "=")
			entry += " " + key
		}
		for _, name := range strings.Split(strings.TrimSpace(cells[1]), ", ") {
			documented = append(documented, string(on[name])+" "+entry)
		}
	}
	var known []string
	for _, v := range verbs() {
		words := append([]string{string(v.on), v.name}, v.keys...)
		if v.takes != "" {
			words = slices.Insert(words, 2, v.takes)
		}
		known = append(known, strings.Join(words, " "))
	}
	slices.Sort(documented)
	slices.Sort(known)
	if !slices.Equal(documented, known) {
		t.Errorf("README.md documents\n%s\nthe generator knows\n%s", strings.Join(documented, "\n"), strings.Join(known, "\n"))
	}
}

// Every option in the README is taken, and the error of an unknown one names them all.
func TestReadmeOptions(t *testing.T) {
	accepted := (&Options{}).set("unknown", "").Error()
	options := 0
	for line := range strings.Lines(section(t, "Options")) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		name, _, isOwn := strings.Cut(strings.TrimPrefix(line, "| `"), "=")
		if !isOwn {
			continue // the row of protogen's own
		}
		options++
		if !strings.Contains(accepted, name) {
			t.Errorf("README.md documents option %s, the generator takes: %s", name, accepted)
		}
	}
	if options != 4 {
		t.Errorf("README.md documents %d options, want 4", options)
	}
}
