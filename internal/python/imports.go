package python

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// sdk is the package of generated code. It stands beside goplugin's.
const sdk = "sdk"

// bundled are the files whose modules Python's protobuf brings, below google/protobuf.
var bundled = []string{
	"any", "api", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp", "type", "wrappers", "compiler/plugin",
}

// isBundled reports whether Python's protobuf brings the module of a .proto file.
func isBundled(file string) bool {
	name, ok := strings.CutPrefix(strings.TrimSuffix(file, ".proto"), "google/protobuf/")
	return ok && slices.Contains(bundled, name)
}

// packageOf returns the package that holds the modules of a directory of .proto files, seen from the plugin's own.
func packageOf(dir string) []string {
	segments := []string{sdk}
	for segment := range strings.SplitSeq(dir, "/") {
		if segment != "." && segment != "" {
			segments = append(segments, identifier(segment))
		}
	}
	return segments
}

// dirOf returns the directory of the package of a directory of .proto files, relative to sdk.
func dirOf(dir string) string { return path.Join(packageOf(dir)[1:]...) }

// fileOf returns the path of a module of a .proto file, relative to the package sdk and without its extension.
func fileOf(proto, suffix string) string {
	base := strings.TrimSuffix(path.Base(proto), ".proto")
	return path.Join(dirOf(path.Dir(proto)), identifier(base+suffix))
}

// relative returns how the modules of one package name another.
func relative(from, to []string) string {
	common := 0
	for common < len(from) && common < len(to) && from[common] == to[common] {
		common++
	}
	return strings.Repeat(".", len(from)-common+1) + strings.Join(to[common:], ".")
}

// imports are the modules that one generated module imports.
type imports struct {
	from    []string          // the package of the module
	names   scope             // in the module
	modules map[string]string // names of message modules by .proto file
	lines   []string          // of modules of the plugin
	std     map[string]bool   // lines of the standard library
	other   map[string]bool   // lines of installed packages
}

func newImports(from []string, reserved ...string) *imports {
	return &imports{from: from, names: newScope(reserved...), modules: map[string]string{}, std: map[string]bool{}, other: map[string]bool{}}
}

// messages returns the name of the module that holds the messages of a file.
func (im *imports) messages(file protoreflect.FileDescriptor) string {
	if name, ok := im.modules[file.Path()]; ok {
		return name
	}
	module := path.Base(fileOf(file.Path(), "_pb2"))
	name := module
	if im.names[name] {
		name = im.names.name(strings.ReplaceAll(fileOf(file.Path(), "_pb2"), "/", "_"))
	} else {
		im.names.name(name)
	}
	im.modules[file.Path()] = name
	line := module
	if name != module {
		line += " as " + name
	}
	if isBundled(file.Path()) {
		im.other["from "+strings.ReplaceAll(path.Dir(file.Path()), "/", ".")+" import "+line] = true
	} else {
		im.lines = append(im.lines, "from "+relative(im.from, packageOf(path.Dir(file.Path())))+" import "+line)
	}
	return name
}

// alias names a package of the API by as few of the last words of its path as tell it from others: kv_v1, and sdk for
// the API that has no directory.
func (im *imports) alias(segments []string) string {
	first := len(segments) - 1
	if first > 1 && versionWord.MatchString(segments[first]) {
		first--
	}
	for ; first > 1; first-- {
		if name := strings.Join(segments[first:], "_"); !im.names[name] {
			break
		}
	}
	return im.names.name(strings.Join(segments[first:], "_"))
}

// versionWord matches the last word of a versioned package, which says nothing without the one before it.
var versionWord = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]*)?$`)

// standard notes a line of the standard library.
func (im *imports) standard(line string) { im.std[line] = true }

// goplugin notes the package goplugin and returns its name.
func (im *imports) goplugin() string {
	line := "from " + relative(im.from, nil) + " import goplugin"
	if !slices.Contains(im.lines, line) {
		im.lines = append(im.lines, line)
	}
	return "goplugin"
}

// dropUnused drops the modules that a text does not name.
func (im *imports) dropUnused(text string) {
	unused := func(line string) bool {
		words := strings.Fields(line)
		return !regexp.MustCompile(`(^|[^\w.])` + words[len(words)-1] + `\.`).MatchString(text)
	}
	im.lines = slices.DeleteFunc(im.lines, unused)
	for _, set := range []map[string]bool{im.std, im.other} {
		maps.DeleteFunc(set, func(line string, _ bool) bool { return unused(line) })
	}
}

// blocks returns the lines in the blocks and the order that Python's linters ask for.
func (im *imports) blocks() [][]string {
	var blocks [][]string
	for _, set := range []map[string]bool{im.std, im.other} {
		var lines []string
		for line := range set {
			lines = append(lines, line)
		}
		blocks = append(blocks, sortedImports(merged(lines)))
	}
	blocks = append(blocks, sortedImports(merged(im.lines)))
	for _, lines := range blocks {
		for i, line := range lines {
			lines[i] = importLine(line)
		}
	}
	return slices.DeleteFunc(blocks, func(lines []string) bool { return len(lines) == 0 })
}

// merged joins the imports from one package into one line. Each that renames what it imports has a line of its own.
func merged(lines []string) []string {
	names := map[string][]string{}
	var list []string
	for _, line := range lines {
		from, name, ok := strings.Cut(line, " import ")
		if !ok || strings.Contains(name, " as ") {
			list = append(list, line)
			continue
		}
		names[from] = append(names[from], name)
	}
	for from, imported := range names {
		slices.Sort(imported)
		list = append(list, from+" import "+strings.Join(imported, ", "))
	}
	return list
}

// sortedImports sorts plain imports before those of names, and relative ones from far to near.
func sortedImports(lines []string) []string {
	dots := func(line string) int {
		return len(line) - len(strings.TrimLeft(strings.TrimPrefix(line, "from "), "."))
	}
	slices.SortFunc(lines, func(a, b string) int {
		if plainA, plainB := strings.HasPrefix(a, "import "), strings.HasPrefix(b, "import "); plainA != plainB {
			if plainA {
				return -1
			}
			return 1
		}
		if d := dots(b) - dots(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return lines
}
