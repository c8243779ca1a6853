package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestCode holds that Go and proto in the documents is code that other tests compile and run: a block stands, line by
// line, in the file that the comment above it names, or is a whole file that a walk writes and builds. A line "…" or
// "// …" stands for lines that are left out.
func TestCode(t *testing.T) {
	project := greeterProject(t)
	for _, name := range documents(t) {
		for _, b := range blocks(read(t, name)) {
			source, isFrom := strings.CutPrefix(b.marker, "from ")
			switch {
			case isFrom:
				checkStands(t, name, b, source, project)
			case (b.language == "go" || b.language == "proto") && !strings.HasPrefix(b.marker, "write "):
				t.Errorf("%s:%d: expected a comment above the block that says where its code is tested, such as "+
					"<!-- from example/streamer/host/main.go -->, found %q", name, b.line, b.marker)
			}
		}
	}
}

// projectSource marks the files of the project that "goplugin-new greeter" creates.
const projectSource = "goplugin-new greeter: "

func checkStands(t *testing.T, name string, b block, source, project string) {
	t.Helper()
	dir := tools.Root()
	file, isProject := strings.CutPrefix(source, projectSource)
	if isProject {
		dir = project
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		t.Errorf("%s:%d: %v", name, b.line, err)
		return
	}
	if missing := stands(strings.Split(string(data), "\n"), b.text); missing != "" {
		t.Errorf("%s:%d: %s lacks these lines, in this order:\n%s", name, b.line, source, missing)
	}
}

// stands looks for a snippet in the lines of a file, and returns the part of it that is not there.
func stands(file []string, snippet string) (missing string) {
	for _, part := range parts(snippet) {
		end := indexLines(file, part)
		if end < 0 {
			return strings.Join(part, "\n")
		}
		file = file[end:]
	}
	return ""
}

// parts splits a snippet where lines are left out.
func parts(snippet string) [][]string {
	list := [][]string{nil}
	for line := range strings.Lines(snippet) {
		line = strings.TrimRight(line, "\n")
		if gap := strings.TrimSpace(line); gap == "// …" || gap == "…" || gap == "# …" {
			list = append(list, nil)
			continue
		}
		list[len(list)-1] = append(list[len(list)-1], line)
	}
	trimmed := list[:0]
	for _, part := range list {
		if part = trimBlank(part); len(part) > 0 {
			trimmed = append(trimmed, part)
		}
	}
	return trimmed
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// indexLines returns the index behind the first place where lines stand in a file, all of them indented equally more
// than here; -1 if there is none.
func indexLines(file, lines []string) int {
	for i := 0; i+len(lines) <= len(file); i++ {
		indent, found := strings.CutSuffix(file[i], lines[0])
		if !found || strings.Trim(indent, "\t ") != "" {
			continue
		}
		same := true
		for j, line := range lines {
			same = same && (file[i+j] == indent+line || line == "" && strings.TrimSpace(file[i+j]) == "")
		}
		if same {
			return i + len(lines)
		}
	}
	return -1
}

// TestStands holds that a snippet is found where it stands, and only there.
func TestStands(t *testing.T) {
	file := strings.Split("a\n\tif b {\n\t\tc\n\n\t}\nd\ne", "\n")
	for _, tt := range []struct {
		hazard, snippet string
		want            bool
	}{
		{"as it is", "a\n\tif b {\n", true},
		{"dedented", "if b {\n\tc\n\n}\n", true},
		{"with a gap", "if b {\n\t// …\n}\n// …\ne\n", true},
		{"another order", "d\n// …\na\n", false},
		{"a line left out without a gap", "a\nd\n", false},
		{"a changed line", "if c {\n\tc\n", false},
		{"another indentation", "if b {\nc\n", false},
		{"the end of a line", "b {\n\tc\n", false},
	} {
		if missing := stands(file, tt.snippet); (missing == "") != tt.want {
			t.Errorf("%s: missing is %q", tt.hazard, missing)
		}
	}
}
