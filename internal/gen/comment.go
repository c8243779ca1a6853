package gen

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
)

// docOf returns the godoc of an element: its leading and trailing comments without directives, and whether it is
// deprecated. fallback is the text of an element without comments.
func docOf(comments protogen.CommentSet, fallback, deprecated string) string {
	paragraphs := []string{cleanComment(comments.Leading), cleanComment(comments.Trailing)}
	if paragraphs[0] == "" && paragraphs[1] == "" {
		paragraphs[0] = fallback
	}
	if deprecated != "" && !marksDeprecated(paragraphs) {
		paragraphs = append(paragraphs, deprecated)
	}
	return joinParagraphs(paragraphs...)
}

// deprecation returns the paragraph that marks what is made from an element of a file as deprecated.
func deprecation(isDeprecated bool, file string) string {
	if !isDeprecated {
		return ""
	}
	return "Deprecated: Marked as deprecated in " + file + "."
}

func marksDeprecated(paragraphs []string) bool {
	for _, p := range paragraphs {
		if strings.HasPrefix(p, "Deprecated:") || strings.Contains(p, "\n\nDeprecated:") {
			return true
		}
	}
	return false
}

// joinParagraphs joins the paragraphs that are not empty.
func joinParagraphs(paragraphs ...string) string {
	var list []string
	for _, p := range paragraphs {
		if p != "" {
			list = append(list, p)
		}
	}
	return strings.Join(list, "\n\n")
}

// detachedOf returns the comments that stand above an element and apart from it.
func detachedOf(comments protogen.CommentSet) []string {
	var list []string
	for _, c := range comments.LeadingDetached {
		if text := cleanComment(c); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// cleanComment returns the text of a comment without its directives, one leading space and empty lines at either end.
func cleanComment(comment protogen.Comments) string {
	var lines []string
	for _, line := range commentLines(strings.Map(printable, strings.ToValidUTF8(string(comment), "�"))) {
		if strings.HasPrefix(strings.TrimSpace(line), directivePrefix) {
			continue
		}
		line = strings.TrimLeft(line, "/") // a comment that begins with more than two slashes
		line = strings.TrimRight(strings.TrimPrefix(line, " "), " \t\r")
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// printable drops the characters that a Go source file may not hold.
func printable(r rune) rune {
	if r == 0 || r == '\ufeff' || r == '\r' {
		return -1
	}
	return r
}

// commentText returns a text as Go line comments. A space follows each "//", so that no line of a .proto comment can
// become a Go directive.
func commentText(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
			b.WriteString("//\n")
		case strings.HasPrefix(strings.TrimSpace(line), "+build"): // gofmt would make it a constraint of the file
			b.WriteString("// " + strconv.Quote(line) + "\n")
		case strings.HasPrefix(line, "\t"):
			b.WriteString("//" + line + "\n")
		default:
			b.WriteString("// " + line + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
