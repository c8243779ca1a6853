package fromgo

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A source is Go packages that are loaded, with what was read of the files of the packages that they use.
type source struct {
	dir        string // absolute; empty where unknown
	fset       *token.FileSet
	targets    []*types.Package  // of the interfaces, as they were asked for
	modules    map[string]bool   // paths of the modules of the targets
	moduleDirs map[string]string // of targets in the main module, by their import path
	comments   map[string]map[declared]string
}

// load returns the packages of the targets. The packages of their modules are loaded from source, for exact positions;
// others as the compiler exports them, which is much faster.
func load(ctx context.Context, dir string, targets []Target) (*source, error) {
	s := &source{modules: map[string]bool{}, moduleDirs: map[string]string{}, comments: map[string]map[declared]string{}}
	var listed []*packages.Package
	for _, target := range targets {
		pkg, err := list(ctx, dir, target.Pattern)
		if err != nil {
			return nil, err
		}
		if pkg.Module != nil {
			s.modules[pkg.Module.Path] = true
		}
		if pkg.Module != nil && pkg.Module.Main {
			s.moduleDirs[pkg.PkgPath] = pkg.Module.Dir
		}
		listed = append(listed, pkg)
	}
	var err error
	if s.dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	return s, s.loadTypes(ctx, dir, targets, listed)
}

// loadTypes loads the types of the packages that were listed.
func (s *source) loadTypes(ctx context.Context, dir string, targets []Target, listed []*packages.Package) error {
	var patterns []string
	for i, pkg := range listed {
		patterns = append(append(patterns, targets[i].Pattern), s.ownImports(pkg)...)
	}
	slices.Sort(patterns)
	loaded, err := packages.Load(&packages.Config{Context: ctx, Dir: dir, Mode: packages.LoadSyntax}, slices.Compact(patterns)...)
	switch {
	case ctx.Err() != nil: // which the library does not wrap
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("load the Go package %s: %w", targets[0].Pattern, err)
	}
	if err := mistakes(targets[0].Pattern, errorsOf(loaded)); err != nil {
		return err
	}
	byPath := map[string]*packages.Package{}
	for _, pkg := range loaded {
		byPath[pkg.PkgPath] = pkg
	}
	for _, pkg := range listed {
		s.fset = byPath[pkg.PkgPath].Fset
		s.targets = append(s.targets, byPath[pkg.PkgPath].Types)
	}
	return nil
}

// mistakes returns the first errors of a package and of those that it needs as one, a line each: what is missing causes
// most of the others.
func mistakes(pattern string, found []packages.Error) error {
	const most = 10
	var list []error
	for i, e := range found {
		if !slices.Contains(found[:i], e) {
			list = append(list, e)
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

func errorsOf(pkgs []*packages.Package) []packages.Error {
	var list []packages.Error
	for _, pkg := range pkgs {
		list = append(list, pkg.Errors...)
	}
	return list
}

// missing returns what the go command did not find of all that a package needs.
func missing(pkg *packages.Package) []packages.Error {
	var list []packages.Error
	packages.Visit([]*packages.Package{pkg}, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			if e.Kind == packages.ListError && !strings.HasPrefix(e.Msg, "# ") { // which is what the compiler says
				list = append(list, e)
			}
		}
	})
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
	return pkg, mistakes(pattern, missing(pkg))
}

// directoryMeant says how to name a directory, where a pattern that is taken for an import path is also one.
func directoryMeant(dir, pattern string) string {
	info, err := os.Stat(filepath.Join(dir, pattern))
	if err != nil || !info.IsDir() || pattern == "" || strings.HasPrefix(pattern, ".") || filepath.IsAbs(pattern) {
		return ""
	}
	return fmt.Sprintf(" (./%s is the directory)", filepath.ToSlash(pattern))
}

// ownImports returns the paths of all packages that a package imports from its own module.
func (s *source) ownImports(pkg *packages.Package) []string {
	var paths []string
	packages.Visit([]*packages.Package{pkg}, func(p *packages.Package) bool {
		own := p.Module != nil && s.modules[p.Module.Path]
		if own && p != pkg {
			paths = append(paths, p.PkgPath)
		}
		return own
	}, nil)
	return paths
}

// interfaceNamed returns the interface of a package with a name, if a service can be made from it.
func (s *source) interfaceNamed(pkg *types.Package, name string) (*types.TypeName, error) {
	found := pkg.Scope().Lookup(name)
	typeName, ok := found.(*types.TypeName)
	if !ok {
		return nil, fmt.Errorf("expected the interface %s in the package %s, which declares %s", name, pkg.Path(), interfacesOf(pkg))
	}
	iface, ok := typeName.Type().Underlying().(*types.Interface)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: expected an interface, but %s is %s: the package declares %s", s.at(found), name, kindOf(typeName.Type()), interfacesOf(pkg))
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

// interfacesOf lists the interfaces of a package.
func interfacesOf(pkg *types.Package) string {
	var names []string
	for _, name := range pkg.Scope().Names() {
		if t, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && types.IsInterface(t.Type()) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "no interfaces outside of its tests"
	}
	return "these interfaces: " + strings.Join(names, ", ")
}

// own reports whether a package is of a module whose interfaces are converted.
func (s *source) own(pkg *types.Package) bool {
	if pkg == nil || slices.Contains(s.targets, pkg) {
		return pkg != nil
	}
	for module := range s.modules {
		if pkg.Path() == module || strings.HasPrefix(pkg.Path(), module+"/") {
			return true
		}
	}
	return false
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
