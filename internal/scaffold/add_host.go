package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// A hostProgram is the source of a host, which a person may have changed.
type hostProgram struct {
	dir     string // in the project, with slashes
	fset    *token.FileSet
	files   map[string]*ast.File // by their paths in the project
	sources map[string][]byte
}

// readHost reads the Go files of a host, but its tests.
func (p *Project) readHost(name string) (*hostProgram, error) {
	h := &hostProgram{
		dir: path.Join(p.app, "cmd", name), fset: token.NewFileSet(), files: map[string]*ast.File{}, sources: map[string][]byte{},
	}
	dir := filepath.Join(p.Dir, filepath.FromSlash(h.dir))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".go" || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file := path.Join(h.dir, e.Name())
		if h.sources[file], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
		if h.files[file], err = parser.ParseFile(h.fset, file, h.sources[file], parser.SkipObjectResolution); err != nil {
			return nil, fmt.Errorf("read the host, which is to call the service: %w", err)
		}
	}
	return h, nil
}

// hasCommands reports whether the host has a command for each method, in the form that goplugin-new writes.
func (h *hostProgram) hasCommands() bool {
	return slices.Equal(h.fields("service"), []string{"name", "pattern", "config", "commands"}) &&
		slices.Equal(h.fields("command"), []string{"name", "help", "run"}) &&
		h.function("services") != nil && h.function("dial") != nil && h.function("arg") != nil
}

// fields returns the names of the fields of a struct; none where there is no such struct.
func (h *hostProgram) fields(name string) []string {
	var names []string
	for _, file := range h.files {
		for _, decl := range file.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok || d.Tok != token.TYPE {
				continue
			}
			for _, spec := range d.Specs {
				s, ok := spec.(*ast.TypeSpec).Type.(*ast.StructType)
				if !ok || spec.(*ast.TypeSpec).Name.Name != name {
					continue
				}
				for _, field := range s.Fields.List {
					for _, ident := range field.Names {
						names = append(names, ident.Name)
					}
				}
			}
		}
	}
	return names
}

// function returns a function of the host; nil where there is none.
func (h *hostProgram) function(name string) *ast.FuncDecl {
	for _, file := range h.files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name {
				return f
			}
		}
	}
	return nil
}

// services returns the names that services of the host have: those of its files, and of its functions that return commands.
func (h *hostProgram) services() names {
	taken := names{}
	for name, file := range h.files {
		taken.take(strings.TrimSuffix(path.Base(name), ".go"))
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				if service, ok := strings.CutSuffix(f.Name.Name, "Commands"); ok && !taken[plainName(service)] {
					taken.take(service)
				}
			}
		}
	}
	return taken
}

// names returns the names that the host has given away, which is to use a package.
func (h *hostProgram) names(pkg *sdk.Package) *programNames {
	n := newProgramNames(pkg)
	for name, file := range h.files {
		n.files.take(strings.TrimSuffix(path.Base(name), ".go"))
		for imported := range sdk.Imports(file) {
			n.imported = append(n.imported, imported)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				n.declared.take(f.Name.Name)
			}
		}
	}
	return n
}

// addRow adds an element to the list that the function services returns, and returns the file with it and its new content;
// nil where the function is not as goplugin-new writes it.
func (h *hostProgram) addRow(pkg *sdk.Package, row func(qualifier string) string) (file string, content []byte) {
	f := h.function("services")
	file = h.fset.Position(f.Pos()).Filename
	source := h.sources[file]
	end, ok := h.endOfRows(f)
	if !ok {
		return file, nil
	}
	qualifier, importAt, ok := h.qualifier(h.files[file], pkg)
	if !ok {
		return file, nil
	}
	content = slices.Insert(slices.Clone(source), end, []byte("\t\t"+row(qualifier)+"\n")...)
	if importAt > 0 { // imports stand before everything else
		content = slices.Insert(content, importAt, []byte("\t"+importOf(pkg)+"\n")...)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), file, content, parser.SkipObjectResolution); err != nil {
		return file, nil
	}
	return file, content
}

// endOfRows returns the offset at which another line of the list is to stand: before that of its closing brace.
func (h *hostProgram) endOfRows(f *ast.FuncDecl) (int, bool) {
	if f.Body == nil || len(f.Body.List) != 1 {
		return 0, false
	}
	ret, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return 0, false
	}
	list, ok := ret.Results[0].(*ast.CompositeLit)
	if !ok {
		return 0, false
	}
	for _, element := range list.Elts {
		row, ok := element.(*ast.CompositeLit)
		if !ok || len(row.Elts) > 0 && isKeyed(row.Elts[0]) {
			return 0, false
		}
	}
	return h.lineOf(list.Rbrace)
}

func isKeyed(element ast.Expr) bool {
	_, ok := element.(*ast.KeyValueExpr)
	return ok
}

// lineOf returns the offset of the line on which a closing bracket stands alone.
func (h *hostProgram) lineOf(bracket token.Pos) (int, bool) {
	position := h.fset.Position(bracket)
	source := h.sources[position.Filename]
	start := bytes.LastIndexByte(source[:position.Offset], '\n') + 1
	return start, len(bytes.TrimSpace(source[start:position.Offset])) == 0
}

// qualifier returns the name that a package has in a file. Where the file does not import it yet, that is with the offset
// of a line for its import.
func (h *hostProgram) qualifier(file *ast.File, pkg *sdk.Package) (name string, importAt int, ok bool) {
	for _, spec := range file.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil && imported == pkg.ImportPath {
			if spec.Name != nil {
				return spec.Name.Name, 0, true
			}
			return pkg.Name, 0, true
		}
	}
	for _, decl := range file.Decls {
		if d, isGen := decl.(*ast.GenDecl); isGen && d.Tok == token.IMPORT && d.Rparen.IsValid() {
			importAt, ok = h.lineOf(d.Rparen)
			return pkg.Qualifier, importAt, ok
		}
	}
	return "", 0, false
}

// addToHost lets a host that has a command for each method call another service: by a file with its commands, and a line in
// the list of services. Where a person has changed that list, the plan says which line is to be added. It reports whether
// the host is one that can.
func (p *Project) addToHost(plan *Plan, api *existingAPI, pkg *sdk.Package, service *sdk.Service) (bool, error) {
	host, err := p.readHost(api.host)
	if err != nil || !host.hasCommands() {
		return false, err
	}
	commands := newHostService(pkg, service, nil, host.services(), host.names(pkg))
	if err := render(plan, commands, host.dir, map[string]string{"api/cmd/host/service.go.tmpl": commands.File}); err != nil {
		return false, err
	}
	pattern := api.host + "-" + kindOf(pkg, len(api.packages) > 1) + "*"
	row := func(qualifier string) string {
		return fmt.Sprintf("{%q, %q, %s.%sClientConfig, %s()},", commands.Command, pattern, qualifier, pkg.Prefix, commands.Commands)
	}
	file, content := host.addRow(pkg, row)
	if content == nil {
		plan.Notes = append(plan.Notes, fmt.Sprintf("The host has commands for it in %s, and needs a line in what the function services of %s returns, which is not as it was created:\n  %s",
			path.Join(host.dir, commands.File), file, row(pkg.Qualifier)))
		return true, nil
	}
	plan.replace(file, content)
	plan.Next = append(plan.Next, fmt.Sprintf("%s ./cmd/%s %s -h", p.inApp("run"), api.host, strings.Join([]string{commands.Command, commands.Methods[0].Command}, " ")))
	return true, nil
}
