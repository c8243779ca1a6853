package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// A block is a fenced block of a document.
type block struct {
	marker   string // of the comment above it, such as "from example/streamer/host/main.go"
	language string
	text     string
	line     int
}

// A heading's dashes are what is left of it in an address.
var dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

var fenced = regexp.MustCompile("(?ms)(?:^<!-- ([^\n]*?) -->\n)?^```([a-z]*)\n(.*?)^```$")

// read returns a document by its path in the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(tools.Root(), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// documents returns the paths of all that these tests hold true: the README and everything below docs.
func documents(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md"}
	err := fs.WalkDir(os.DirFS(tools.Root()), "docs", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".md") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// blocks returns the fenced blocks of a document, in order.
func blocks(text string) []block {
	var found []block
	for _, at := range fenced.FindAllStringSubmatchIndex(text, -1) {
		b := block{language: text[at[4]:at[5]], text: text[at[6]:at[7]], line: 1 + strings.Count(text[:at[4]], "\n")}
		if at[2] >= 0 {
			b.marker = text[at[2]:at[3]]
		}
		found = append(found, b)
	}
	return found
}

// section returns the part of a document below a heading.
func section(t *testing.T, name, heading string) string {
	t.Helper()
	_, text, found := strings.Cut(read(t, name), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("%s has no section %q", name, heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// firstCells returns what stands as code in the first column of the tables of a text, without what follows a blank,
// a bracket or an equals sign in it, sorted.
func firstCells(text string) []string {
	code := regexp.MustCompile("`([^`]+)`")
	var cells []string
	for line := range strings.Lines(text) {
		columns := strings.Split(line, "|")
		if len(columns) < 4 || columns[0] != "" {
			continue
		}
		for _, match := range code.FindAllStringSubmatch(columns[1], -1) {
			name, _, _ := strings.Cut(match[1], "(")
			cells = append(cells, strings.Fields(name)[0])
		}
	}
	slices.Sort(cells)
	return cells
}

// compare reports what a document has too little and too much.
func compare(t *testing.T, name string, documented, known []string) {
	t.Helper()
	for _, k := range known {
		if !slices.Contains(documented, k) {
			t.Errorf("%s lacks %s", name, k)
		}
	}
	for _, d := range documented {
		if !slices.Contains(known, d) {
			t.Errorf("%s documents %s, which there is not", name, d)
		}
	}
}
