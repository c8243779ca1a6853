package fromgo

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// A declared is where a name is declared in a file.
type declared struct {
	line int
	name string
}

// doc returns the comment of a declaration, without goplugin directives: they would govern the .proto file.
func (s *source) doc(obj types.Object) string {
	p := s.fset.Position(obj.Pos())
	index, ok := s.comments[p.Filename]
	if !ok {
		index = readComments(p.Filename)
		s.comments[p.Filename] = index
	}
	var lines []string
	for line := range strings.Lines(strings.ToValidUTF8(index[declared{p.Line, obj.Name()}], "�")) {
		if !strings.HasPrefix(strings.TrimSpace(line), "goplugin:") {
			lines = append(lines, strings.TrimRight(line, " \t\r\n"))
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// readComments returns the comments of a file's declarations; none where the file cannot be read, as the sources of the
// standard library may be missing.
func readComments(filename string) map[declared]string {
	r := commentReader{fset: token.NewFileSet(), found: map[declared]string{}}
	file, err := parser.ParseFile(r.fset, filename, nil, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil || err != nil {
		return nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				r.addSpec(n, spec)
			}
		case *ast.Field:
			r.add(n.Names, n.Doc, n.Comment)
		case *ast.BlockStmt:
			return false
		}
		return true
	})
	return r.found
}

// A commentReader collects the comments of a file.
type commentReader struct {
	fset  *token.FileSet
	found map[declared]string
}

// add adds the first of the comments that has text, for each of the names.
func (r commentReader) add(names []*ast.Ident, comments ...*ast.CommentGroup) {
	for _, name := range names {
		for _, comment := range comments {
			if text := comment.Text(); text != "" {
				r.found[declared{r.fset.Position(name.Pos()).Line, name.Name}] = text
				break
			}
		}
	}
}

// addSpec adds the comment of a type, constant or variable. Outside of parentheses it stands above the keyword.
func (r commentReader) addSpec(decl *ast.GenDecl, spec ast.Spec) {
	var above *ast.CommentGroup
	if !decl.Lparen.IsValid() {
		above = decl.Doc
	}
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		r.add([]*ast.Ident{spec.Name}, spec.Doc, above, spec.Comment)
	case *ast.ValueSpec:
		r.add(spec.Names, spec.Doc, above, spec.Comment)
	}
}
