package fromgo

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A source is a Go package that is loaded, with what was read of the files of the packages that it uses.
type source struct {
	dir      string // absolute; empty where unknown
	fset     *token.FileSet
	pkg      *types.Package
	module   string // path of its module; empty for a package without one
	comments map[string]map[declared]string
}

// A declared is where a name is declared in a file.
type declared struct {
	line int
	name string
}

// load returns the one package that pattern names. The packages of its module are loaded from source, for exact
// positions; others as the compiler exports them, which is much faster.
func load(ctx context.Context, dir, pattern string) (*source, error) {
	pkg, err := list(ctx, dir, pattern)
	if err != nil {
		return nil, err
	}
	s := &source{comments: map[string]map[declared]string{}}
	if pkg.Module != nil {
		s.module = pkg.Module.Path
	}
	if s.dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	loaded, err := packages.Load(&packages.Config{
		Context: ctx,
		Dir:     dir,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedTypes | packages.NeedTypesSizes | packages.NeedTypesInfo | packages.NeedSyntax,
	}, append(s.ownImports(pkg), pattern)...)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("load the Go package %s: %w", pattern, err)
	}
	var mistakes []error
	for _, p := range loaded {
		for _, e := range p.Errors {
			mistakes = append(mistakes, e)
		}
		if p.PkgPath == pkg.PkgPath {
			s.fset, s.pkg = p.Fset, p.Types
		}
	}
	if len(mistakes) > 0 {
		return nil, fmt.Errorf("the Go package %s does not compile, which it must before its interface is converted:\n%w", pattern, errors.Join(mistakes...))
	}
	return s, nil
}

// list returns the name, the module and the dependencies of the one package that pattern names.
func list(ctx context.Context, dir, pattern string) (*packages.Package, error) {
	cfg := &packages.Config{Context: ctx, Dir: dir, Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedModule}
	found, err := packages.Load(cfg, pattern)
	switch {
	case ctx.Err() != nil: // which the library does not wrap
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("find the Go package %s: %w", pattern, err)
	case len(found) != 1:
		return nil, fmt.Errorf("expected one Go package, found %d for %q: name the package of the interface, such as ./store", len(found), pattern)
	}
	pkg := found[0]
	if len(pkg.Errors) > 0 && len(pkg.GoFiles) == 0 {
		return nil, fmt.Errorf("expected a Go package, found none for %q: %w", pattern, pkg.Errors[0])
	}
	return pkg, nil
}

// ownImports returns the paths of all packages that a package imports from its own module.
func (s *source) ownImports(pkg *packages.Package) []string {
	var paths []string
	packages.Visit([]*packages.Package{pkg}, func(p *packages.Package) bool {
		own := s.module != "" && p.Module != nil && p.Module.Path == s.module
		if own && p != pkg {
			paths = append(paths, p.PkgPath)
		}
		return own
	}, nil)
	return paths
}

// interfaceNamed returns the interface of the package with a name, if a service can be made from it.
func (s *source) interfaceNamed(name string) (*types.TypeName, error) {
	found := s.pkg.Scope().Lookup(name)
	typeName, ok := found.(*types.TypeName)
	if !ok {
		return nil, fmt.Errorf("expected the interface %s in the package %s, which declares %s", name, s.pkg.Path(), s.interfaces())
	}
	iface, ok := typeName.Type().Underlying().(*types.Interface)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: expected an interface, but %s is %s: the package declares %s", s.at(found), name, kindOf(typeName.Type()), s.interfaces())
	case isGeneric(typeName.Type()):
		return nil, fmt.Errorf("%s: the interface %s has type parameters, which a .proto file has not: declare one without them, such as \"type %sOfString %s[string]\"", s.at(found), name, name, name)
	case !iface.IsMethodSet():
		return nil, fmt.Errorf("%s: the interface %s is a constraint, which no value has: name an interface of methods only", s.at(found), name)
	case iface.NumMethods() == 0:
		return nil, fmt.Errorf("%s: the interface %s has no methods, so there is nothing to call", s.at(found), name)
	}
	if named, ok := types.Unalias(typeName.Type()).(*types.Named); ok && named.TypeArgs().Len() == 0 {
		return named.Obj(), nil // what an alias stands for, by which its methods know it
	}
	return typeName, nil
}

func isGeneric(t types.Type) bool {
	switch t := t.(type) {
	case *types.Named:
		return t.TypeParams().Len() > 0
	case *types.Alias:
		return t.TypeParams().Len() > 0
	}
	return false
}

// interfaces lists the interfaces of the package.
func (s *source) interfaces() string {
	var names []string
	for _, name := range s.pkg.Scope().Names() {
		if t, ok := s.pkg.Scope().Lookup(name).(*types.TypeName); ok && types.IsInterface(t.Type()) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "no interfaces"
	}
	return "these interfaces: " + strings.Join(names, ", ")
}

// own reports whether a package is of the module that is converted.
func (s *source) own(pkg *types.Package) bool {
	if pkg == nil {
		return false
	}
	return pkg.Path() == s.pkg.Path() || s.module != "" && (pkg.Path() == s.module || strings.HasPrefix(pkg.Path(), s.module+"/"))
}

// at returns the position of a declaration. Those of other modules have no column, as the compiler exports none.
func (s *source) at(obj types.Object) token.Position {
	p := s.fset.Position(obj.Pos())
	p.Offset = 0
	if !s.own(obj.Pkg()) {
		p.Column = 0
	}
	if relative, err := filepath.Rel(s.dir, p.Filename); s.dir != "" && err == nil && filepath.IsLocal(relative) {
		p.Filename = filepath.ToSlash(relative)
	}
	return p
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
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filename, nil, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil || err != nil {
		return nil
	}
	index := map[declared]string{}
	add := func(names []*ast.Ident, groups ...*ast.CommentGroup) {
		for _, name := range names {
			for _, group := range groups {
				if text := group.Text(); text != "" {
					index[declared{fset.Position(name.Pos()).Line, name.Name}] = text
					break
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				addSpec(add, n, spec)
			}
		case *ast.Field:
			add(n.Names, n.Doc, n.Comment)
		case *ast.BlockStmt:
			return false
		}
		return true
	})
	return index
}

// addSpec adds the comment of a type, constant or variable. Outside of parentheses it stands above the keyword.
func addSpec(add func([]*ast.Ident, ...*ast.CommentGroup), decl *ast.GenDecl, spec ast.Spec) {
	var above *ast.CommentGroup
	if !decl.Lparen.IsValid() {
		above = decl.Doc
	}
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		add([]*ast.Ident{spec.Name}, spec.Doc, above, spec.Comment)
	case *ast.ValueSpec:
		add(spec.Names, spec.Doc, above, spec.Comment)
	}
}
