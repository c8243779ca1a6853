package compile

import (
	"bytes"

	"github.com/bufbuild/protocompile/ast"
	"github.com/bufbuild/protocompile/parser"
	"github.com/bufbuild/protocompile/reporter"
)

// A Header is what a .proto file says of itself without the files that it imports.
type Header struct {
	Package  string
	Imports  []string // as the file writes them
	Services bool     // whether it declares any, or may: a file with mistakes is left to Request
}

// ReadHeader reads the header of a file. Of one with mistakes, which Request reports, it returns what is before them.
func ReadHeader(name string, content []byte) Header {
	var h Header
	keepOn := reporter.NewReporter(func(reporter.ErrorWithPos) error { h.Services = true; return nil }, nil)
	file, _ := parser.Parse(name, bytes.NewReader(content), reporter.NewHandler(keepOn))
	if file == nil {
		return h
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.PackageNode:
			h.Package = string(d.Name.AsIdentifier())
		case *ast.ImportNode:
			h.Imports = append(h.Imports, d.Name.AsString())
		case *ast.ServiceNode:
			h.Services = true
		}
	}
	return h
}
