package gen

import (
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
)

// The packages that the glue itself uses.
const (
	contextPath      = "context"
	iterPath         = "iter"
	ioPath           = "io"
	rpcPath          = "net/rpc"
	pluginPath       = "github.com/hashicorp/go-plugin"
	runnerPath       = "github.com/hashicorp/go-plugin/runner"
	bufconnPath      = "google.golang.org/grpc/test/bufconn"
	connectivityPath = "google.golang.org/grpc/connectivity"
	grpcPath         = "google.golang.org/grpc"
	emptyPath        = "google.golang.org/protobuf/types/known/emptypb"
	timestampPath    = "google.golang.org/protobuf/types/known/timestamppb"
	durationPath     = "google.golang.org/protobuf/types/known/durationpb"
	statusPath       = "google.golang.org/grpc/status"
	codesPath        = "google.golang.org/grpc/codes"
	protoPath        = "google.golang.org/protobuf/proto"
	errdetailsPath   = "google.golang.org/genproto/googleapis/rpc/errdetails"
)

// imports are those of one generated file. Each path has one name.
type imports struct {
	self  protogen.GoImportPath // the package of the file, which needs no import
	names map[string]string     // import path to name in the file
	used  map[string]bool       // names in the file
	known func(path string) string
}

// glueNames are the names that belong to the glue in every file: those of its own imports, with their paths, and
// those of locals that a user's package must leave alone, with none.
func glueNames() map[string]string {
	return map[string]string{
		"context": contextPath, "plugin": pluginPath, "grpc": grpcPath, "time": "time", "emptypb": emptyPath,
		"timestamppb": timestampPath, "durationpb": durationPath,
		"ctx": "", "err": "", "s": "", "req": "",
	}
}

// newImports returns the imports of a file of package self. known returns the package name of a user's import path.
func newImports(self protogen.GoImportPath, known func(path string) string) *imports {
	return &imports{self: self, names: map[string]string{}, used: map[string]bool{}, known: known}
}

// name returns the package name for an import path, and imports it.
func (im *imports) name(importPath string) string {
	if name, ok := im.names[importPath]; ok {
		return name
	}
	base := im.packageName(importPath)
	if token.IsExported(base) { // the package may declare that name
		base = strings.ToLower(base)
	}
	name := base
	for i := 2; im.reserved(name, importPath); i++ {
		name = base + strconv.Itoa(i)
	}
	im.names[importPath], im.used[name] = name, true
	return name
}

// reserved reports whether a path cannot be imported under a name.
func (im *imports) reserved(name, importPath string) bool {
	owner, glue := glueNames()[name]
	return im.used[name] || reserved(name) || glue && owner != importPath
}

func (im *imports) packageName(importPath string) string {
	if importPath == pluginPath {
		return "plugin"
	}
	if name := im.known(importPath); name != "" {
		return name
	}
	return path.Base(importPath)
}

// ident returns a qualified identifier, and imports its package.
func (im *imports) ident(id protogen.GoIdent) string {
	if id.GoImportPath == im.self {
		return id.GoName
	}
	return im.name(string(id.GoImportPath)) + "." + id.GoName
}

// taken returns the package names in use, which no parameter may hide.
func (im *imports) taken() []string {
	var names []string
	for name := range im.used {
		names = append(names, name)
	}
	return names
}

// list returns the imports in the order of goimports: the standard library, then the others, each sorted.
func (im *imports) list() []Import {
	var std, others []Import
	for importPath, name := range im.names {
		i := Import{Path: importPath}
		if declared := im.packageName(importPath); name != declared || declared != path.Base(importPath) && importPath != pluginPath {
			i.Name = name
		}
		if first, _, _ := strings.Cut(importPath, "/"); strings.Contains(first, ".") {
			others = append(others, i)
		} else {
			std = append(std, i)
		}
	}
	byPath := func(a, b Import) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(std, byPath)
	slices.SortFunc(others, byPath)
	if len(others) > 0 { // a file that is refused may need none
		others[0].First = true
	}
	return append(std, others...)
}
