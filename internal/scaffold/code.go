package scaffold

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// readPackages reads the Go packages of a module that protoc-gen-goplugin generated, given by directory and file.
func readPackages(module string, dirs map[string]map[string]string) ([]*sdk.Package, error) {
	var packages []*sdk.Package
	used := reserved()
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if !hasGlue(dirs[dir]) {
			continue
		}
		pkg, err := sdk.Read(path.Join(module, dir), dirs[dir], used)
		if err != nil {
			return nil, err
		}
		packages = append(packages, pkg)
		used = append(used, pkg.Qualifier)
	}
	return packages, nil
}

func hasGlue(files map[string]string) bool {
	for _, content := range files {
		if sdk.IsGenerated(content) {
			return true
		}
	}
	return false
}

// pluginProgram is what the templates of a plugin know.
type pluginProgram struct {
	*sdk.Package
	Program   string // kv-first
	Of        string // the project that it is a plugin of
	PluginDir string // plugins/first, in its Go module
	Runtime   bool   // whether it depends on pluginserve, besides the SDK
	Skeletons []*skeleton
	Hint      string // what may serve in place of the skeletons; empty for nothing that is known
}

func newPluginProgram(pkg *sdk.Package, of, name string) *pluginProgram {
	p := &pluginProgram{Package: pkg, Program: of + "-" + name, Of: of, PluginDir: "plugins/" + name, Runtime: true}
	n := newProgramNames(pkg)
	for _, s := range pkg.Plugins() {
		p.Skeletons = append(p.Skeletons, newSkeleton(pkg, s, n, ""))
	}
	return p
}

// Import returns the package as an import declaration has it.
func (p *pluginProgram) Import() string { return importOf(p.Package) }

// TestName returns the plugin's name in the name of a test.
func (p *pluginProgram) TestName() string {
	var name strings.Builder
	for _, word := range strings.Split(path.Base(p.PluginDir), "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}

// buildCommand returns the command that builds the plugin where its host looks for it.
func (p *pluginProgram) buildCommand(l layout) string {
	return l.inApp("build") + " -o plugins/bin/" + p.Program + executableSuffix() + " ./" + p.PluginDir
}

// write adds the files of the plugin to a module, given by its directory.
func (p *pluginProgram) write(plan *Plan, module string) error {
	err := render(plan, p, module, map[string]string{
		"api/plugin/main.go.tmpl":      path.Join(p.PluginDir, "main.go"),
		"api/plugin/main_test.go.tmpl": path.Join(p.PluginDir, "main_test.go"),
	})
	if err != nil {
		return err
	}
	for _, s := range p.Skeletons {
		if err := render(plan, s, module, map[string]string{"api/plugin/service.go.tmpl": path.Join(p.PluginDir, s.File)}); err != nil {
			return err
		}
	}
	return nil
}

// A skeleton is an implementation of an interface that is to be written.
type skeleton struct {
	*sdk.Service
	Package     *sdk.Package
	Type        string
	File        string // kv.go
	ImportBlock string
	Methods     []skeletonMethod
}

type skeletonMethod struct {
	*sdk.Method
	Comment, Receiver, Passed string
}

// TestName returns the service in the name of a test; TestMain is special to Go.
func (s *skeleton) TestName() string {
	if s.Name == "Main" {
		return "MainService"
	}
	return s.Name
}

// newSkeleton returns a skeleton for a program, in a file whose name begins with a prefix.
func newSkeleton(pkg *sdk.Package, service *sdk.Service, n *programNames, prefix string) *skeleton {
	s := &skeleton{Service: service, Package: pkg, ImportBlock: importBlock(pkg, service.Imports)}
	s.Type, s.File = n.typeOf(service), n.file(prefix+service.Name)
	for _, m := range service.Methods {
		names := []string{m.Context}
		for _, v := range m.Params {
			names = append(names, v.Name)
		}
		passed := strings.Join(names, ", ")
		for _, v := range m.Results {
			names = append(names, v.Name)
		}
		s.Methods = append(s.Methods, skeletonMethod{
			Method:   m,
			Comment:  "// " + strings.ReplaceAll(m.Doc, "\n", "\n// "),
			Receiver: free(s.Type[:1], "_", names),
			Passed:   passed,
		})
	}
	return s
}

// hostService is how a host calls a service.
type hostService struct {
	*sdk.Service
	Package     *sdk.Package
	ImportBlock string
	File        string // kv.go
	Command     string // kv
	Commands    string // kvCommands
	Methods     []hostMethod
}

type hostMethod struct {
	*sdk.Method
	Command string // get-all
	Help    string // a Go string
	Func    string // kvGetAll
	Flags   []hostFlag
	Client  string
	Call    string
}

type hostFlag struct{ Local, Flag, Type string }

// newHostService returns a service under the first of two names that is not taken: its own, or one after the package.
// callbacks are the types of what the host passes to plugins.
func newHostService(pkg *sdk.Package, service *sdk.Service, callbacks map[string]string, services names, n *programNames) hostService {
	short := services.take(lowerFirst(service.Name), lowerFirst(pkg.Name)+service.Name)
	h := hostService{Service: service, Package: pkg, File: n.file(short), Command: kebab(short), Commands: n.declared.take(short + "Commands")}
	var used []sdk.Import
	commands := names{}
	for _, m := range service.Methods {
		method := hostMethod{
			Method: m, Command: commands.take(kebab(m.Name)), Func: n.declared.take(short + m.Name), Help: strconv.Quote(firstSentence(m.Doc)),
		}
		method.passParams(callbacks, n.imported)
		h.Methods = append(h.Methods, method)
		used = append(used, sdk.Import{Name: "context", Path: "context"})
		for _, i := range service.Imports {
			if method.names(i.Name) {
				used = append(used, i)
			}
		}
	}
	h.ImportBlock = importBlock(pkg, used)
	return h
}

// passParams decides where each parameter comes from, and what becomes of the results. imported are names that no local
// may hide.
func (m *hostMethod) passParams(callbacks map[string]string, imported []string) {
	locals, flags := append(reserved(), imported...), names{}
	args := []string{"ctx"}
	for _, v := range m.Params {
		switch element, stream := iterated(v.Type); {
		case stream:
			args = append(args, "input["+element+"](c)")
		case v.Type == "io.Reader":
			args = append(args, "c.stdin")
		case callbacks[v.Type] != "":
			args = append(args, "&"+callbacks[v.Type]+"{}")
		default:
			f := hostFlag{Local: free(v.Name, "_", locals), Flag: flags.take(kebab(v.Name)), Type: v.Type}
			locals = append(locals, f.Local)
			m.Flags = append(m.Flags, f)
			args = append(args, "*"+f.Local)
		}
	}
	m.Client = free("client", "_", locals)
	m.Call = m.Client + "." + m.Name + "(" + strings.Join(args, ", ") + ")"
	switch {
	case len(m.Results) == 0:
	case strings.HasPrefix(m.Results[0].Type, "iter."):
		m.Call = "showAll(c, " + m.Call + ")"
	case m.Results[0].Type == "io.ReadCloser":
		m.Call = "c.copy(" + m.Call + ")"
	default:
		m.Call = "c.show(" + m.Call + ")"
	}
}

// names reports whether the code that calls the method names a package.
func (m *hostMethod) names(pkg string) bool {
	selector := regexp.MustCompile(`\b` + regexp.QuoteMeta(pkg) + `\.`)
	return selector.MatchString(m.Call) || slices.ContainsFunc(m.Flags, func(f hostFlag) bool { return selector.MatchString(f.Type) })
}

// iterated returns the elements of a stream's type.
func iterated(typ string) (string, bool) {
	element, ok := strings.CutPrefix(typ, "iter.Seq2[")
	return strings.TrimSuffix(element, ", error]"), ok
}

// calls returns the service of a package that a parameter's type is; nil where it is something else.
func calls(pkg *sdk.Package, typ string) *sdk.Service {
	for _, s := range pkg.Services {
		if typ == pkg.Qualifier+"."+s.Name {
			return s
		}
	}
	return nil
}

// calledBack returns the services that a host passes to plugins.
func calledBack(pkg *sdk.Package) []*sdk.Service {
	var list []*sdk.Service
	for _, s := range pkg.Plugins() {
		for _, m := range s.Methods {
			for _, v := range m.Params {
				if called := calls(pkg, v.Type); called != nil && !slices.Contains(list, called) {
					list = append(list, called)
				}
			}
		}
	}
	return list
}

// importBlock returns the imports of a file that uses a generated package and others: the standard library, then the
// rest, each sorted.
func importBlock(pkg *sdk.Package, others []sdk.Import) string {
	std, rest := []string{}, []string{importOf(pkg)}
	for _, i := range others {
		line := importLine(i)
		if first, _, _ := strings.Cut(i.Path, "/"); strings.Contains(first, ".") {
			rest = append(rest, line)
		} else {
			std = append(std, line)
		}
	}
	byPath := func(a, b string) int { return cmp.Compare(a[strings.Index(a, `"`):], b[strings.Index(b, `"`):]) }
	slices.SortFunc(std, byPath)
	slices.SortFunc(rest, byPath)
	std, rest = slices.Compact(std), slices.Compact(rest)
	return "import (\n" + strings.Join(std, "\n") + "\n\n" + strings.Join(rest, "\n") + "\n)"
}

func importOf(pkg *sdk.Package) string {
	return importLine(sdk.Import{Name: pkg.Qualifier, Path: pkg.ImportPath})
}

func importLine(i sdk.Import) string {
	if i.Name == path.Base(i.Path) {
		return strconv.Quote(i.Path)
	}
	return i.Name + " " + strconv.Quote(i.Path)
}

// firstSentence returns the beginning of a comment, in one line.
func firstSentence(doc string) string {
	line := strings.Join(strings.Fields(doc), " ")
	if end := strings.Index(line, ". "); end >= 0 {
		line = line[:end+1]
	}
	return line
}
