package fromgo

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"os"
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
	cfg := &packages.Config{Context: ctx, Dir: dir, Mode: packages.LoadSyntax}
	loaded, err := packages.Load(cfg, append(s.ownImports(pkg), pattern)...)
	if ctx.Err() != nil { // which the library does not wrap
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("load the Go package %s: %w", pattern, err)
	}
	if err := mistakes(pattern, loaded); err != nil {
		return nil, err
	}
	for _, p := range loaded {
		if p.PkgPath == pkg.PkgPath {
			s.fset, s.pkg = p.Fset, p.Types
		}
	}
	return s, nil
}

// mistakes returns the first errors of packages as one, a line each: what is missing causes most of the others.
func mistakes(pattern string, pkgs []*packages.Package) error {
	const most = 10
	var list []error
	seen := map[packages.Error]bool{}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			if !seen[e] {
				list = append(list, e)
			}
			seen[e] = true
		}
	}
	switch {
	case len(list) == 0:
		return nil
	case len(list) > most:
		list = append(list[:most:most], fmt.Errorf("and %d more", len(list)-most))
	}
	return fmt.Errorf("the Go package %s does not compile, which it must before its interface is converted (\"go build\" says the same, and \"go mod tidy\" adds modules that are missing):\n%w", pattern, errors.Join(list...))
}

// withDependencies returns a package and all that it needs.
func withDependencies(pkg *packages.Package) []*packages.Package {
	var list []*packages.Package
	packages.Visit([]*packages.Package{pkg}, nil, func(p *packages.Package) { list = append(list, p) })
	return list
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
		return nil, fmt.Errorf("expected a Go package, found none for %q: %w%s", pattern, pkg.Errors[0], directoryMeant(dir, pattern))
	}
	return pkg, mistakes(pattern, withDependencies(pkg))
}

// directoryMeant says how to name a directory, where a pattern that is taken for an import path is also one.
func directoryMeant(dir, pattern string) string {
	info, err := os.Stat(filepath.Join(dir, pattern))
	if err != nil || !info.IsDir() || strings.HasPrefix(pattern, ".") || filepath.IsAbs(pattern) {
		return ""
	}
	return fmt.Sprintf(" (./%s is the directory)", filepath.ToSlash(pattern))
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
		return "no interfaces outside of its tests"
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
