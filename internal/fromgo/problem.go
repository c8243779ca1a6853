package fromgo

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// A Kind says what a problem means for the generated code.
type Kind string

const (
	// LeftOut is for what the .proto file does not hold.
	LeftOut Kind = "left out"
	// Changed is for what the .proto file holds and the generated code shows in another way.
	Changed Kind = "changed"
)

// A Problem is one difference between an interface and what is generated from its .proto file.
type Problem struct {
	Position token.Position // file relative to Options.Dir where it is below it
	Kind     Kind
	Text     string // what it is, why, and what to do
}

// String returns file:line:column: text.
func (p Problem) String() string { return fmt.Sprintf("%s: %s", p.Position, p.Text) }

// add adds a problem to those of a service.
func (s *service) add(p Problem) { s.problems = append(s.problems, p) }

// sorted returns problems in the order of the sources.
func sorted(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(
			strings.Compare(a.Position.Filename, b.Position.Filename),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
			strings.Compare(a.Text, b.Text),
		)
	})
	return problems
}
