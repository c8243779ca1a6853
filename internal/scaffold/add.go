package scaffold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goplugin-dev/goplugin/internal/scaffold/bufgen"
	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// choose returns the package with a name or an import path, or the only one for "".
func choose(packages []*sdk.Package, name string) (*sdk.Package, error) {
	var names []string
	var named []*sdk.Package
	for _, pkg := range packages {
		if pkg.ImportPath == name || name == "" && len(packages) == 1 {
			return pkg, nil
		}
		if pkg.Name == name {
			named = append(named, pkg)
		}
		names = append(names, pkg.ImportPath)
	}
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(named) > 1:
		return nil, fmt.Errorf("%d Go packages are called %s: choose one with --package, by its import path: %s", len(named), name, strings.Join(names, ", "))
	case len(names) == 0:
		return nil, errors.New("expected a Go package that protoc-gen-goplugin generated, with a service that a plugin can serve; found none")
	case name == "":
		return nil, fmt.Errorf("several Go packages have services: choose one with --package: %s", strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("no Go package %s with services: expected one of %s", name, strings.Join(names, ", "))
}

// AddPlugin returns the plan that adds a plugin to the project, for the services of a Go package; "" is the only one.
func (p *Project) AddPlugin(ctx context.Context, name, goPackage string) (*Plan, error) {
	program, _, err := p.newPlugin(ctx, name, goPackage)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Next: []string{program.buildCommand(p.layout), p.inApp("run") + " ./cmd/" + program.Of}}
	if err := program.write(plan, p.app); err != nil {
		return nil, err
	}
	return plan, p.requireImports(plan)
}

// newPlugin returns a plugin of the project that is to be written, and the API that it serves.
func (p *Project) newPlugin(ctx context.Context, name, goPackage string) (*pluginProgram, *existingAPI, error) {
	if _, err := newNames("plugin", name); err != nil {
		return nil, nil, err
	}
	if name == "bin" {
		return nil, nil, fmt.Errorf("plugins/bin is where plugins are built: choose another name than bin")
	}
	api, err := p.readAPI(ctx)
	if err != nil {
		return nil, nil, err
	}
	pkg, err := choose(api.packages, goPackage)
	if err != nil {
		return nil, nil, err
	}
	return newPluginProgram(pkg, api.host, kindOf(pkg, len(api.packages) > 1)+name), api, nil
}

// requireImports lets the go.mod of the host's module require directly what planned files import.
func (p *Project) requireImports(plan *Plan) error {
	name := path.Join(p.app, "go.mod")
	old, err := os.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	imports, err := importedBy(plan, p.app)
	if err != nil {
		return err
	}
	content, err := withDirect(old, imports, false)
	if err == nil && !bytes.Equal(old, content) {
		plan.replace(name, content)
	}
	return err
}

// AddService returns the plan that adds a service to the API of the project: a .proto file beside the others of a Go
// package, what the generators make of all of them, and its commands in a host that has some for each service.
func (p *Project) AddService(ctx context.Context, name, goPackage string) (*Plan, error) {
	names, err := newNames("service", name)
	if err != nil {
		return nil, err
	}
	api, err := p.readAPI(ctx)
	if err != nil {
		return nil, err
	}
	pkg, err := choose(api.packages, goPackage)
	if err != nil {
		return nil, err
	}
	source, err := api.serviceSource(pkg, names)
	if err != nil {
		return nil, err
	}
	sibling := pkg.Sources[0]
	file := path.Join(path.Dir(sibling), names.ProtoBase+".proto")
	if other, exists := api.output.Protos[file]; exists {
		return nil, fmt.Errorf("%s exists: choose another name for the service", other)
	}
	output, err := bufgen.Generate(ctx, p.sdkDir(), map[string]string{file: source})
	if err != nil {
		return nil, err
	}
	plan := p.generatedPlan(output)
	root, err := p.inProject(strings.TrimSuffix(api.output.Protos[sibling], filepath.FromSlash(sibling)))
	if err != nil {
		return nil, err
	}
	plan.add(path.Join(root, file), []byte(source))
	return plan, p.announce(plan, api, pkg, output)
}

// announce tells hosts and plugins of a service that the generators' output has and a package had not.
func (p *Project) announce(plan *Plan, api *existingAPI, old *sdk.Package, output *bufgen.Output) error {
	packages, err := readPackages(api.module, byDir(output.Files))
	if err != nil {
		return err
	}
	pkg, service := newService(packages, old)
	if service == nil {
		return fmt.Errorf("the generators that %s names made no interface of the new service: expected protoc-gen-goplugin among them", filepath.Join(p.sdkDir(), bufgen.TemplateFile))
	}
	note := fmt.Sprintf(`Plugins that are there still compile; they answer %s with errors.ErrUnsupported until they serve it: set %s in their
%s.%sPluginSet, or run "goplugin-new add plugin NAME" for one that has a skeleton of it.`, service.Name, service.Name, pkg.Name, pkg.Prefix)
	called, err := p.addToHost(plan, api, pkg, service)
	if !called {
		note += fmt.Sprintf(" The host gets it by\n%s.Dispense%s.", pkg.Name, service.Name)
	}
	plan.Notes = append([]string{note}, plan.Notes...)
	return err
}

// newService returns the service that one of the packages has beyond those of an older state of the same package.
func newService(packages []*sdk.Package, old *sdk.Package) (*sdk.Package, *sdk.Service) {
	for _, pkg := range packages {
		if pkg.ImportPath != old.ImportPath {
			continue
		}
		for _, s := range pkg.Services {
			if !slices.ContainsFunc(old.Services, func(o *sdk.Service) bool { return o.Name == s.Name }) {
				return pkg, s
			}
		}
	}
	return nil, nil
}

// inProject returns the path of a directory in the project, with slashes. One outside is an error, because a plan changes
// the project alone.
func (p *Project) inProject(dir string) (string, error) {
	rel, err := filepath.Rel(p.Dir, dir)
	if err == nil && !filepath.IsLocal(rel) {
		err = fmt.Errorf("%s is not in the project %s, which is all that is changed: add the .proto file there by hand, then run \"goplugin-new generate\"", dir, p.Dir)
	}
	return filepath.ToSlash(rel), err
}

// protoPackage matches the package statement of a .proto file.
var protoPackage = regexp.MustCompile(`(?m)^\s*package\s+([\w.]+)\s*;`)

// serviceSource returns the text of a .proto file with a service, in the proto package of a Go package's first file.
func (a *existingAPI) serviceSource(pkg *sdk.Package, names Names) (string, error) {
	slices.Sort(pkg.Sources)
	sibling, err := os.ReadFile(a.output.Protos[pkg.Sources[0]])
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
