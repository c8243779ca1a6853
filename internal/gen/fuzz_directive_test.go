package gen

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzDirective holds that the directive parser takes every line, points into it, and reads back what it read.
func FuzzDirective(f *testing.F) {
	for _, line := range []string{
		"", "service", "service name=A style=flat", `service plugin="a b" name=B`, "skip", "skip x", "service name", "service =",
		`service plugin="`, `service plugin="\`, `service plugin="a"b`, `service plugin=a"b"`, "service plugin==", "service a=1 a=2",
		"error name=ErrX code=NOT_FOUND", "handshake protocol_version=99999999999", "\u2003service\u00a0name=A", "service plugin=\"a\"\u2003name=B",
		"service plugin=\"a\"\x85name=B", "service \xff=\xfe", "callback Helper lifetime=plugin", "callback A B", "callback =", "service plugin=\"\\xff\"", "service plugin=`raw`", "método name=é",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, rest string) {
		if strings.ContainsAny(rest, "\n") {
			t.Skip("a directive is one line")
		}
		line := directivePrefix + rest
		ps := &problems{}
		start := Position{File: "f.proto", Line: 1, Column: 1}
		d := parseDirective(line, start, ps)
		checkDirectivePositions(t, line, d, ps)
		checkDirectiveReadsBack(t, d)
		for _, on := range []element{packageElement, serviceElement, methodElement, fieldElement} {
			checkDirectives(on, []directive{d, d}, ps)
		}
		for _, p := range ps.list {
			if p.at.Line != 1 || p.at.Column < 1 || p.at.Column > len(line) {
				t.Errorf("%q: problem at %v: %s", line, p.at, p.text)
			}
		}
	})
}

// checkDirectivePositions checks that each argument is where its position says.
func checkDirectivePositions(t *testing.T, line string, d directive, ps *problems) {
	t.Helper()
	if d.broken && len(ps.list) == 0 {
		t.Errorf("%q cannot be read, and nothing says why", line)
	}
	for _, a := range d.args {
		want := a.key + "="
		if a.key == "" {
			want = a.value
		}
		if !strings.HasPrefix(line[a.at.Column-1:], want) {
			t.Errorf("%q: argument %q is not at column %d", line, a.key, a.at.Column)
		}
	}
}

// checkDirectiveReadsBack checks that a directive written with quotes is the same directive.
func checkDirectiveReadsBack(t *testing.T, d directive) {
	t.Helper()
	line := directivePrefix + d.verb
	for _, a := range d.args {
		if a.key == "" {
			line += " " + a.value
			continue
		}
		line += " " + a.key + "=" + strconv.Quote(a.value)
	}
	ps := &problems{}
	again := parseDirective(line, Position{}, ps)
	if len(ps.list) > 0 {
		t.Fatalf("%q: %v", line, ps.err())
	}
	d.broken = false
	if diff := cmp.Diff(d, again, cmp.AllowUnexported(directive{}, argument{}), cmpopts.IgnoreTypes(Position{})); diff != "" {
		t.Errorf("%q is read differently (-first +again):\n%s", line, diff)
	}
}
