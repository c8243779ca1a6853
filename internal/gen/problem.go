package gen

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Position is a place in a source file. Line and Column count from 1; 0 means unknown.
type Position struct {
	File         string
	Line, Column int

	nearby bool // the place of an element, for something beside it whose own place is unknown
}

// right returns the position some columns further.
func (p Position) right(columns int) Position {
	if p.Line > 0 && !p.nearby {
		p.Column += columns
	}
	return p
}

// String returns file:line:column, or the file alone where no line is known.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// positionOf returns where a descriptor is declared.
func positionOf(d protoreflect.Descriptor) Position {
	file := d.ParentFile()
	return positionAt(file, file.SourceLocations().ByDescriptor(d))
}

func positionAt(file protoreflect.FileDescriptor, loc protoreflect.SourceLocation) Position {
	if loc.Path == nil {
		return Position{File: file.Path()}
	}
	return Position{File: file.Path(), Line: loc.StartLine + 1, Column: loc.StartColumn + 1}
}

// problems collects the mistakes of a run, so that all of them can be reported at once.
type problems struct {
	list []problem
}

type problem struct {
	at   Position
	text string
}

func (ps *problems) addf(at Position, format string, args ...any) {
	ps.list = append(ps.list, problem{at, fmt.Sprintf(format, args...)})
}

// err returns the problems as one error, a line each, in the order of the sources; nil where there are none.
func (ps *problems) err() error {
	if len(ps.list) == 0 {
		return nil
	}
	slices.SortStableFunc(ps.list, func(a, b problem) int {
		return cmp.Or(
			strings.Compare(a.at.File, b.at.File),
			cmp.Compare(a.at.Line, b.at.Line),
			cmp.Compare(a.at.Column, b.at.Column),
		)
	})
	var lines []string
	for _, p := range ps.list {
		if line := fmt.Sprintf("%s: %s", p.at, p.text); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}
