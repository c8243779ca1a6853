package docs

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestRuntimeReference holds that the reference has every exported name of the runtime, and no other.
func TestRuntimeReference(t *testing.T) {
	for _, name := range []string{"pluginhost", "pluginserve"} {
		documented := firstCells(section(t, "docs/reference/runtime.md", name))
		compare(t, "docs/reference/runtime.md, "+name, documented, exportedNames(t, name, func(string) bool { return true }))
	}
}

// rpcStruct matches what net/rpc sends for the fields of a message.
var rpcStruct = regexp.MustCompile(`^KV[A-Z][a-z]+?((?:RPC)?(?:Args|Reply))$`)

// TestGeneratedReference holds that the reference has every exported name that is generated for a service Greeter, and
// no other. Methods and fields are not names of their own here: they follow go-plugin and the .proto file.
func TestGeneratedReference(t *testing.T) {
	const name = "docs/reference/generated-api.md"
	var known []string
	generated := func(file string) bool { return strings.HasSuffix(file, "goplugin.pb.go") }
	for _, exported := range exportedNames(t, "testdata/golden/transport_both/want", generated) {
		exported = rpcStruct.ReplaceAllString(exported, "GreeterMethod$1")
		if !strings.Contains(exported, ".") && !strings.Contains(exported, "KV") { // KV has the same names as Greeter
			known = append(known, exported)
		}
	}
	slices.Sort(known)
	compare(t, name, firstCells(section(t, name, "Names")), slices.Compact(known))
}

// exportedNames returns the exported names of a package, from the files that are wanted: constants, variables,
// functions, types, and as Type.Name their methods and fields.
func exportedNames(t *testing.T, dir string, want func(file string) bool) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(tools.Root(), filepath.FromSlash(dir), "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v, expected Go files", dir, err)
	}
	fset, files := token.NewFileSet(), []*ast.File(nil)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || !want(path) {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(fset, files, dir)
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Concat(valueNames(pkg.Consts), valueNames(pkg.Vars), funcNames("", pkg.Funcs))
	for _, typ := range pkg.Types {
		names = append(names, typ.Name)
		names = slices.Concat(names, valueNames(typ.Consts), valueNames(typ.Vars), funcNames("", typ.Funcs),
			funcNames(typ.Name+".", typ.Methods), fieldNames(typ))
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

func valueNames(values []*doc.Value) []string {
	var names []string
	for _, value := range values {
		names = append(names, slices.DeleteFunc(slices.Clone(value.Names), func(name string) bool { return !token.IsExported(name) })...)
	}
	return names
}

func funcNames(prefix string, funcs []*doc.Func) []string {
	var names []string
	for _, f := range funcs {
		names = append(names, prefix+f.Name)
	}
	return names
}

func fieldNames(typ *doc.Type) []string {
	var names []string
	for _, spec := range typ.Decl.Specs {
		structure, isStruct := spec.(*ast.TypeSpec).Type.(*ast.StructType)
		if !isStruct {
			continue
		}
		for _, field := range structure.Fields.List {
			for _, name := range field.Names {
				if name.IsExported() {
					names = append(names, typ.Name+"."+name.Name)
				}
			}
		}
	}
	return names
}

var (
	helpCommand = regexp.MustCompile(`(?m)^  ([a-z]+) +[A-Z]`)
	helpFlag    = regexp.MustCompile(`(?m)^ +(?:-[a-zA-Z], )?(--[a-z-]+)`)
)

// TestCommandReference holds that the reference has every command of goplugin-new with its flags, and no other: a
// section for each command, with a row for each flag.
func TestCommandReference(t *testing.T) {
	const name = "docs/reference/goplugin-new.md"
	known := map[string][]string{}
	commandHelp(t, install(t), "goplugin-new", known)
	var documented []string
	for line := range strings.Lines(read(t, name)) {
		if heading, isCommand := strings.CutPrefix(line, "## goplugin-new"); isCommand {
			documented = append(documented, strings.TrimSpace("goplugin-new"+heading))
		}
	}
	var commands []string
	for command, flags := range known {
		commands = append(commands, command)
		if slices.Contains(documented, command) {
			compare(t, name+", "+command, firstCells(section(t, name, command)), flags)
		}
	}
	compare(t, name, documented, commands)
}

// commandHelp adds a command and those below it with their flags, as their help names them.
func commandHelp(t *testing.T, bin, command string, known map[string][]string) {
	t.Helper()
	help, err := shell(t, bin, t.TempDir(), command+" --help")
	if err != nil {
		t.Fatalf("%v\n%s", err, help)
	}
	_, usage, _ := strings.Cut(help, "\nUsage:")
	var flags []string
	for _, match := range helpFlag.FindAllStringSubmatch(usage, -1) {
		if match[1] != "--help" {
			flags = append(flags, match[1])
		}
	}
	known[command] = flags
	_, list, hasCommands := strings.Cut(usage, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	for _, match := range helpCommand.FindAllStringSubmatch(list, -1) {
		if hasCommands && match[1] != "help" {
			commandHelp(t, bin, command+" "+match[1], known)
		}
	}
}
