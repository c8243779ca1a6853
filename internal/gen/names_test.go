package gen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/pluginpb"
)

func TestScopeHandsOutNamesThatHideNothing(t *testing.T) {
	s := newScope("ctx", "time")
	tests := []struct{ hazard, wanted, want string }{
		{"free", "name", "name"},
		{"used before", "name", "name_"},
		{"used twice before", "name", "name__"},
		{"taken from the start", "ctx", "ctx_"},
		{"an import", "time", "time_"},
		{"keyword", "type", "type_"},
		{"predeclared type", "string", "string_"},
		{"predeclared function", "len", "len_"},
		{"predeclared value", "nil", "nil_"},
		{"blank", "_", "__"},
		{"helper", "gopluginError", "gopluginError_"},
		{"what another got", "name_", "name___"},
	}
	for _, test := range tests {
		if got := s.name(test.wanted); got != test.want {
			t.Errorf("%s: name(%q) = %q, want %q", test.hazard, test.wanted, got, test.want)
		}
	}
}

func TestInterfaceNames(t *testing.T) {
	tests := map[string][]string{
		"GreeterService": {"Greeter", "GreeterService", "GreeterServiceAPI"},
		"Greeter":        {"Greeter", "Greeter", "GreeterAPI"},
		"Service":        {"Service", "Service", "ServiceAPI"},
		"ServiceService": {"Service", "ServiceService", "ServiceServiceAPI"},
		"X_Service":      {"X_", "X_Service", "X_ServiceAPI"},
	}
	for goName, want := range tests {
		if diff := cmp.Diff(want, interfaceNames(goName)); diff != "" {
			t.Errorf("%s: candidates differ (-want +got):\n%s", goName, diff)
		}
	}
}

// TestHelperNames holds that every unexported name of the package's file is reserved, and nothing else.
func TestHelperNames(t *testing.T) {
	plugin, err := protogen.Options{}.New(&pluginpb.CodeGeneratorRequest{})
	if err != nil {
		t.Fatal(err)
	}
	pkg := &Package{
		Name: "p", Filename: "p.go", Names: packageNames(""), Sentinels: []Sentinel{{Name: "ErrX", Code: "Aborted"}},
		Imports: []Import{{Path: "context"}}, GRPC: true, NetRPC: true,
		Helpers: Helpers{
			Empty: true, ToTime: true, ToDuration: true, FromTime: true, FromDuration: true, ToSlice: true, ToMap: true,
			FromSlice: true, FromMap: true, Pointer: true, Present: true, Required: true, BadRequest: true, BadResponse: true,
			Streams: true, Bytes: true, Callbacks: true, Messages: true,
		},
	}
	response := render(plugin, pkg)
	if response.Error != nil {
		t.Fatal(response.GetError())
	}
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", response.File[0].GetContent(), 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := unexported(file)
	want := slices.Sorted(slices.Values(helperNames()))
	if diff := cmp.Diff(want, declared); diff != "" {
		t.Errorf("helperNames() and the package's file differ (-names +file):\n%s", diff)
	}
	for _, name := range declared {
		if !strings.HasPrefix(name, "goplugin") || strings.Contains(name, "_") {
			t.Errorf("%s may meet a name of protoc-gen-go's", name)
		}
	}
}

// unexported returns the unexported names that a file declares for its package, sorted.
func unexported(file *ast.File) []string {
	var names []string
	add := func(idents ...*ast.Ident) {
		for _, ident := range idents {
			if !ident.IsExported() {
				names = append(names, ident.Name)
			}
		}
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					add(s.Name)
				case *ast.ValueSpec:
					add(s.Names...)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}
