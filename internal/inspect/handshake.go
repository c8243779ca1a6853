package inspect

import (
	"bytes"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A source is the Go files of a package, and the constants and variables in them that have one value each.
type source struct {
	root      string // where other packages are looked up
	files     []*ast.File
	constants map[string]ast.Expr
}

// packageCookies returns the cookies in the Go files of a directory. Constants of other packages are looked up below root.
func packageCookies(root, dir string) []Cookie {
	s := readSource(root, dir, []byte("MagicCookieValue"), []byte("HandshakeConfig{"))
	var cookies []Cookie
	for _, file := range s.files {
		ast.Inspect(file, func(node ast.Node) bool {
			literal, ok := node.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if cookie := s.handshake(file, literal); cookie.Key != "" && cookie.Value != "" {
				cookies = append(cookies, cookie)
			}
			return true
		})
	}
	return cookies
}

// readSource parses the Go files of a directory, but for its tests, if one of them holds one of the words: most packages
// need no parsing.
func readSource(root, dir string, words ...[]byte) *source {
	paths, _ := filepath.Glob(filepath.Join(dir, "*.go")) // fails for a malformed pattern: such a directory has none
	texts := make(map[string][]byte)
	found := len(words) == 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil || strings.HasSuffix(path, "_test.go") {
			continue
		}
		texts[path] = text
		found = found || slices.ContainsFunc(words, func(word []byte) bool { return bytes.Contains(text, word) })
	}
	s := &source{root: root, constants: make(map[string]ast.Expr)}
	if !found {
		return s
	}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		if file, err := parser.ParseFile(token.NewFileSet(), path, texts[path], parser.SkipObjectResolution); err == nil {
			s.files = append(s.files, file)
			ast.Inspect(file, s.note)
		}
	}
	return s
}

// note collects constants and variables.
func (s *source) note(node ast.Node) bool {
	if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
		for i, name := range spec.Names {
			s.constants[name.Name] = spec.Values[i]
		}
	}
	return true
}

// handshake returns the cookie of a composite literal, as far as it has one.
func (s *source) handshake(file *ast.File, literal *ast.CompositeLit) Cookie {
	var cookie Cookie
	for i, element := range literal.Elts {
		name, expr := "", element
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			name, expr = nameOf(pair.Key), pair.Value
		} else if len(literal.Elts) == len(handshakeFields) && nameOf(literal.Type) == "HandshakeConfig" {
			name = handshakeFields[i]
		}
		if !slices.Contains(handshakeFields, name) {
			continue
		}
		value := s.value(file, expr, maxDepth)
		switch name {
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

// maxDepth is how deep constants may be defined by others.
const maxDepth = 8

// handshakeFields are the fields of go-plugin's HandshakeConfig, in their order.
var handshakeFields = []string{"ProtocolVersion", "MagicCookieKey", "MagicCookieValue"}

// nameOf returns a name, without the package in front of it.
func nameOf(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// value returns the value of a literal, of strings put together, or of a name that stands for one; unknown for anything
// else, and what is nested deeper than depth, such as constants of each other.
func (s *source) value(file *ast.File, expr ast.Expr, depth int) constant.Value {
	if depth == 0 {
		return constant.MakeUnknown()
	}
	depth--
	switch e := expr.(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(e.Value, e.Kind, 0)
	case *ast.ParenExpr:
		return s.value(file, e.X, depth)
	case *ast.BinaryExpr:
		left, right := s.value(file, e.X, depth), s.value(file, e.Y, depth)
		if e.Op == token.ADD && left.Kind() == constant.String && right.Kind() == constant.String {
			return constant.BinaryOp(left, token.ADD, right)
		}
	case *ast.Ident:
		return s.value(file, s.constants[e.Name], depth)
	case *ast.SelectorExpr:
		if other := s.imported(file, nameOf(e.X)); other != nil {
			return other.value(file, other.constants[e.Sel.Name], depth)
		}
	}
	return constant.MakeUnknown()
}

// imported returns the package that a file imports by a name, if it is one below the root: there, its directory has the
// end of the import path.
func (s *source) imported(file *ast.File, name string) *source {
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil || path.Base(importPath) != name && (spec.Name == nil || spec.Name.Name != name) {
			continue
		}
		for end := importPath; ; {
			dir := filepath.Join(s.root, filepath.FromSlash(end))
			if info, err := os.Stat(dir); err == nil && info.IsDir() {
				return readSource(s.root, dir)
			}
			_, rest, more := strings.Cut(end, "/")
			if !more {
				break
			}
			end = rest
		}
	}
	return nil
}

func stringOf(value constant.Value) string {
	if value.Kind() != constant.String {
		return ""
	}
	return constant.StringVal(value)
}
