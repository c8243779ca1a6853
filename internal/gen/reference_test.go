package gen

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// reference returns a page of the reference.
func reference(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(tools.Root(), "docs", "reference", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// The reference's table of directives and the vocabulary say the same.
func TestReferenceDirectives(t *testing.T) {
	on := map[string]element{"`package`": packageElement, "service": serviceElement, "rpc": methodElement, "`uint32` field": fieldElement}
	var documented []string
	for line := range strings.Lines(reference(t, "directives.md")) {
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
		t.Errorf("the reference documents\n%s\nthe generator knows\n%s", strings.Join(documented, "\n"), strings.Join(known, "\n"))
	}
}

// The reference has the options that the error of an unknown one names, and the generator takes each.
func TestReferenceOptions(t *testing.T) {
	_, accepted, _ := strings.Cut((&Options{}).set("unknown", "").Error(), " takes ")
	own, _, found := strings.Cut(accepted, ", and paths")
	if !found {
		t.Fatalf("expected the names of the options before those of every Go generator, found %q", accepted)
	}
	var documented []string
	for line := range strings.Lines(reference(t, "options.md")) {
		if row, isRow := strings.CutPrefix(line, "| `"); isRow {
			if name, _, isOwn := strings.Cut(row, "="); isOwn {
				documented = append(documented, name)
			}
		}
	}
	known := strings.Split(own, ", ")
	slices.Sort(documented)
	slices.Sort(known)
	if !slices.Equal(documented, known) {
		t.Errorf("the reference documents %q, the generator takes %q", documented, known)
	}
	for _, name := range documented {
		if err := (&Options{}).set(name, ""); err != nil && strings.Contains(err.Error(), "unknown option") {
			t.Errorf("option %s: %v", name, err)
		}
	}
}

// The reference says of every key of a directive what it takes.
func TestReferenceKeys(t *testing.T) {
	_, table, found := strings.Cut(reference(t, "directives.md"), "\n## Values\n")
	table, _, end := strings.Cut(table, "\n## ")
	if !found || !end {
		t.Fatal("the reference has no section of values with another behind it")
	}
	var documented, known []string
	for line := range strings.Lines(table) {
		if row, isRow := strings.CutPrefix(line, "| `"); isRow {
			key, _, _ := strings.Cut(row, "`")
			documented = append(documented, key)
		}
	}
	for _, v := range verbs() {
		known = append(known, v.keys...)
	}
	slices.Sort(documented)
	slices.Sort(known)
	if known = slices.Compact(known); !slices.Equal(documented, known) {
		t.Errorf("the reference documents %q, the generator takes %q", documented, known)
	}
}
