package scaffold

import (
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// How what hosts and plugins declare is named, so that no name of an API gets in the way of another.

// reserved are the names that hosts and plugins use themselves: of imports and of the host's own declarations.
func reserved() []string {
	return []string{
		"bufio", "context", "exec", "filepath", "flag", "fmt", "hclog", "io", "iter", "json", "main", "os", "plugin", "proto",
		"protojson", "protoreflect", "reflect", "runtime", "signal", "strconv", "strings", "testing", "time",
		"arg", "build", "call", "command", "dial", "host", "init", "input", "newCall", "parse", "parseList", "pluginDirs", "service",
		"services", "showAll", "usage", "c", "ctx", "err",
	}
}

// free returns a name that is neither used nor special to Go, with as many suffixes as it takes.
func free(name, suffix string, used []string) string {
	for slices.Contains(used, name) || token.IsKeyword(name) || types.Universe.Lookup(name) != nil {
		name += suffix
	}
	return name
}

// names are those in use in one place, such as the declarations of a program, without regard to case and underscores,
// because files are named after them.
type names map[string]bool

// newNameSet returns a set in which the given names are in use.
func newNameSet(used ...string) names {
	n := names{}
	for _, name := range used {
		n[plainName(name)] = true
	}
	return n
}

// take returns the first of the names that is free, or the last with a number behind it, and takes it.
func (n names) take(candidates ...string) string {
	name := candidates[0]
	for _, candidate := range candidates {
		if name = candidate; !n[plainName(name)] {
			break
		}
	}
	for i, last := 2, name; n[plainName(name)]; i++ {
		name = last + strconv.Itoa(i)
	}
	n[plainName(name)] = true
	return name
}

func plainName(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// programNames are those that one program has given away.
type programNames struct {
	declared, files names
	imported        []string // by which its files call what they import
}

// newProgramNames returns the names of a program that uses generated packages, before it declares anything for them.
func newProgramNames(packages ...*sdk.Package) *programNames {
	n := &programNames{declared: newNameSet(reserved()...), files: newNameSet("main", "call", "stream")}
	for _, pkg := range packages {
		n.imported = append(n.imported, pkg.Qualifier)
		for _, s := range pkg.Services {
			for _, i := range s.Imports {
				n.imported = append(n.imported, i.Name)
			}
		}
	}
	return n
}

// typeOf returns the name of the type that implements a service.
func (n *programNames) typeOf(service *sdk.Service) string {
	return n.declared.take(free(lowerFirst(service.Name), "Impl", append(reserved(), n.imported...)))
}

// file returns the name of a file for what has a name. It holds no underscore, because some words behind one exclude a
// file from the build.
func (n *programNames) file(name string) string {
	name = plainName(name)
	if windowsReserved(name) {
		name += "service"
	}
	return n.files.take(name, name+"service") + ".go"
}

// lowerFirst returns a name with its first word in lower case: kv for KV, httpServer for HTTPServer.
func lowerFirst(name string) string {
	runes := []rune(name)
	for i := range runes {
		if i > 0 && (!unicode.IsUpper(runes[i]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			break
		}
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}

// kebab returns a name as the command line has it: get-all for GetAll, user-id for userID.
func kebab(name string) string {
	boundary := regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)
	return strings.ToLower(boundary.ReplaceAllString(strings.Trim(name, "_"), "$1$3-$2$4"))
}
