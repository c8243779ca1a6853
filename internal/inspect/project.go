package inspect

import (
	"bytes"
	"context"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// ProjectCookies returns the magic cookies that the Go code of a project has in its HandshakeConfigs, generated or
// hand-written; those of the packages that it imports, if it has none itself. The project is the module or the workspace
// around dir; without one, there are no cookies. Files that cannot be read or parsed are passed over.
func ProjectCookies(ctx context.Context, dir string) []Cookie {
	root := projectRoot(dir)
	if root == "" {
		return nil
	}
	var cookies []Cookie
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case !entry.IsDir():
			return ctx.Err()
		case path != root && passedOver(entry.Name()):
			return fs.SkipDir
		}
		cookies = append(cookies, packageCookies(path)...)
		return ctx.Err()
	})
	if len(cookies) > 0 {
		return cookies
	}
	for _, dir := range importedDirs(ctx, root) {
		cookies = append(cookies, packageCookies(dir)...)
	}
	return cookies
}

// passedOver reports whether a directory holds no code of a project: the go command does not look into most of these.
func passedOver(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules"
}

// projectRoot returns the directory of the go.work or, if there is none, of the go.mod above dir; or nothing.
func projectRoot(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	module := ""
	for {
		if isFile(filepath.Join(dir, "go.work")) {
			return dir
		}
		if module == "" && isFile(filepath.Join(dir, "go.mod")) {
			module = dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return module
		}
		dir = parent
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// importedDirs returns the directories of all packages outside of the standard library that a module imports. The plugin
// of an SDK that others publish has its handshake there.
func importedDirs(ctx context.Context, root string) []string {
	list := exec.CommandContext(ctx, "go", "list", "-e", "-deps", "-f", "{{if not .Standard}}{{.Dir}}{{end}}", "./...")
	list.Dir = root
	output, err := list.Output()
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(output)), "\n")
}

// packageCookies returns the cookies in the Go files of a directory.
func packageCookies(dir string) []Cookie {
	paths, _ := filepath.Glob(filepath.Join(dir, "*.go")) // fails for a malformed pattern: such a directory has none
	sources := make(map[string][]byte)
	declares := false
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil || strings.HasSuffix(path, "_test.go") {
			continue
		}
		sources[path] = source
		declares = declares || bytes.Contains(source, []byte("MagicCookieValue"))
	}
	if !declares { // most packages need no parsing
		return nil
	}
	var files []*ast.File
	for _, path := range slices.Sorted(maps.Keys(sources)) {
		if file, err := parser.ParseFile(token.NewFileSet(), path, sources[path], parser.SkipObjectResolution); err == nil {
			files = append(files, file)
		}
	}
	return handshakes(files)
}

// handshakes returns the cookies of the composite literals with a MagicCookieKey and a MagicCookieValue.
func handshakes(files []*ast.File) []Cookie {
	constants := packageConstants(files)
	var cookies []Cookie
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			literal, ok := node.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if cookie := handshake(literal, constants); cookie.Key != "" && cookie.Value != "" {
				cookies = append(cookies, cookie)
			}
			return true
		})
	}
	return cookies
}

// handshake returns the cookie of a composite literal, as far as it has one.
func handshake(literal *ast.CompositeLit, constants map[string]ast.Expr) Cookie {
	var cookie Cookie
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		field, ok := pair.Key.(*ast.Ident)
		if !ok {
			continue
		}
		value := literalValue(pair.Value, constants)
		switch field.Name {
		case "MagicCookieKey":
			cookie.Key = stringOf(value)
		case "MagicCookieValue":
			cookie.Value = stringOf(value)
		case "ProtocolVersion":
			version, _ := constant.Int64Val(constant.ToInt(value))
			cookie.Version = int(version)
		}
	}
	return cookie
}

// packageConstants returns the expressions of the constants and variables of a package that have one each.
func packageConstants(files []*ast.File) map[string]ast.Expr {
	constants := make(map[string]ast.Expr)
	for _, file := range files {
		for _, declaration := range file.Decls {
			group, ok := declaration.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST && group.Tok != token.VAR {
				continue
			}
			for _, spec := range group.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
					for i, name := range spec.Names {
						constants[name.Name] = spec.Values[i]
					}
				}
			}
		}
	}
	return constants
}

// literalValue returns the value of a literal, or of a name that stands for one; unknown for anything else.
func literalValue(expr ast.Expr, constants map[string]ast.Expr) constant.Value {
	if name, ok := expr.(*ast.Ident); ok {
		expr = constants[name.Name]
	}
	if literal, ok := expr.(*ast.BasicLit); ok {
		return constant.MakeFromLiteral(literal.Value, literal.Kind, 0)
	}
	return constant.MakeUnknown()
}

func stringOf(value constant.Value) string {
	if value.Kind() != constant.String {
		return ""
	}
	return constant.StringVal(value)
}
