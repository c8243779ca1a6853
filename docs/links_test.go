package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks holds that every relative link leads to a file of the repository, and to a heading in it where it names one.
func TestLinks(t *testing.T) {
	for _, name := range documents(t) {
		text := fenced.ReplaceAllString(read(t, name), "")
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			checkLink(t, name, match[1])
		}
	}
}

func checkLink(t *testing.T, from, to string) {
	t.Helper()
	if strings.Contains(to, "://") {
		return
	}
	file, heading, _ := strings.Cut(to, "#")
	target := from
	if file != "" {
		target = path.Join(path.Dir(from), file)
	}
	if _, err := os.Stat(filepath.Join(tools.Root(), filepath.FromSlash(target))); err != nil {
		t.Errorf("%s links to %s: %v", from, to, err)
		return
	}
	if heading != "" && !slices.Contains(anchors(read(t, target)), heading) {
		t.Errorf("%s links to %s: %s has no such heading, but %q", from, to, target, anchors(read(t, target)))
	}
}

// anchors returns the addresses of a document's headings, as GitHub makes them.
func anchors(text string) []string {
	var list []string
	for line := range strings.Lines(fenced.ReplaceAllString(text, "")) {
		hashes, title, found := strings.Cut(line, " ")
		if found && hashes != "" && strings.Trim(hashes, "#") == "" {
			title = dropped.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			list = append(list, strings.ReplaceAll(title, " ", "-"))
		}
	}
	return list
}

// TestIndex holds that the index has every document, and the README the index.
func TestIndex(t *testing.T) {
	index := read(t, "docs/README.md")
	for _, name := range documents(t) {
		inDocs, isDoc := strings.CutPrefix(name, "docs/")
		if isDoc && inDocs != "README.md" && !strings.Contains(index, "("+inDocs+")") {
			t.Errorf("docs/README.md has no link to %s", inDocs)
		}
	}
	if !strings.Contains(read(t, "README.md"), "(docs/README.md)") {
		t.Error("README.md has no link to docs/README.md")
	}
}
