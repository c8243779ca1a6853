package scaffold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/goplugin-dev/goplugin/internal/scaffold/bufgen"
	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// existing is a project on disk, as its files describe it.
type existing struct {
	dir      string
	module   string
	name     string         // of the host
	packages []*sdk.Package // with services that plugins serve
	output   *bufgen.Output
}

// read reads the project in dir. Nothing in it needs to be built or generated.
func read(ctx context.Context, dir string) (*existing, error) {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("expected a project with a Go module: %w", err)
	}
	p := &existing{dir: dir, module: modfile.ModulePath(data)}
	if p.name, err = hostName(dir); err != nil {
		return nil, err
	}
	if p.output, err = bufgen.Generate(ctx, dir, nil); err != nil {
		return nil, err
	}
	all, err := readPackages(p.module, byDir(p.output.Files))
	for _, pkg := range all {
		if len(pkg.Plugins()) > 0 {
			p.packages = append(p.packages, pkg)
		}
	}
	return p, err
}

// hostName returns the name of the project's host, which names its plugins: that of the only directory below cmd.
func hostName(dir string) (string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, "cmd"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if len(names) != 1 {
		return "", fmt.Errorf("expected the host as the only directory in %s, found %d: %q", filepath.Join(dir, "cmd"), len(names), names)
	}
	return names[0], nil
}

// choose returns the package with a name, or the only one for "".
func choose(packages []*sdk.Package, name string) (*sdk.Package, error) {
	var names []string
	for _, pkg := range packages {
		if pkg.Name == name || pkg.ImportPath == name || name == "" && len(packages) == 1 {
			return pkg, nil
		}
		names = append(names, pkg.Name)
	}
	switch {
	case len(names) == 0:
		return nil, errors.New("expected a Go package that protoc-gen-goplugin generated, with a service that a plugin can serve; found none")
	case name == "":
		return nil, fmt.Errorf("several Go packages have services: choose one with --package: %s", strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("no Go package %s with services: expected one of %s", name, strings.Join(names, ", "))
}

// AddPlugin returns the plan that adds a plugin to the project in dir, for the services of a Go package; "" is the only
// one.
func AddPlugin(ctx context.Context, dir, name, goPackage string) (*Plan, error) {
	if _, err := newNames("plugin", name); err != nil {
		return nil, err
	}
	p, err := read(ctx, dir)
	if err != nil {
		return nil, err
	}
	pkg, err := choose(p.packages, goPackage)
	if err != nil {
		return nil, err
	}
	program := newPluginProgram(pkg, p.name, kindOf(pkg, len(p.packages) > 1)+name)
	if name == "bin" {
		return nil, fmt.Errorf("plugins/bin is where plugins are built: choose another name than bin")
	}
	plan := &Plan{Next: []string{program.buildCommand(), "go run ./cmd/" + p.name}}
	return plan, program.write(plan)
}

// AddService returns the plan that adds a service to the API of the project in dir: a .proto file beside the others of a
// Go package, and what the generators make of all of them.
func AddService(ctx context.Context, dir, name, goPackage string) (*Plan, error) {
	names, err := newNames("service", name)
	if err != nil {
		return nil, err
	}
	p, err := read(ctx, dir)
	if err != nil {
		return nil, err
	}
	pkg, err := choose(p.packages, goPackage)
	if err != nil {
		return nil, err
	}
	source, err := p.newService(pkg, names)
	if err != nil {
		return nil, err
	}
	sibling := pkg.Sources[0]
	file := path.Join(path.Dir(sibling), names.ProtoBase+".proto")
	if other, exists := p.output.Protos[file]; exists {
		return nil, fmt.Errorf("%s exists: choose another name for the service", other)
	}
	output, err := bufgen.Generate(ctx, dir, map[string]string{file: source})
	if err != nil {
		return nil, err
	}
	plan := generatedPlan(output, dir)
	root, err := filepath.Rel(dir, strings.TrimSuffix(p.output.Protos[sibling], filepath.FromSlash(sibling)))
	if err != nil {
		return nil, err
	}
	plan.add(path.Join(filepath.ToSlash(root), file), []byte(source))
	added := strings.TrimSuffix(names.Service, "Service")
	plan.Notes = []string{fmt.Sprintf(`Plugins that are there still compile; they answer %s with errors.ErrUnsupported until they serve it: set %s in their
%s.%sPluginSet, or run "goplugin-new add plugin NAME" for one that has a skeleton of it. The host gets it by
%s.Dispense%s.`, added, added, pkg.Name, pkg.Prefix, pkg.Name, added)}
	return plan, nil
}

// protoPackage matches the package statement of a .proto file.
var protoPackage = regexp.MustCompile(`(?m)^\s*package\s+([\w.]+)\s*;`)

// newService returns the text of a .proto file with a service, in the proto package of a Go package's first file.
func (p *existing) newService(pkg *sdk.Package, names Names) (string, error) {
	slices.Sort(pkg.Sources)
	sibling, err := os.ReadFile(p.output.Protos[pkg.Sources[0]])
	if err != nil {
		return "", err
	}
	data := struct{ ProtoPackage, GoPackage, Service string }{GoPackage: pkg.ImportPath, Service: names.Service}
	if match := protoPackage.FindSubmatch(sibling); match != nil {
		data.ProtoPackage = string(match[1])
	}
	if path.Base(pkg.ImportPath) != pkg.Name {
		data.GoPackage += ";" + pkg.Name
	}
	source, err := execute("api/service.proto.tmpl", data)
	return string(source), err
}
