package scaffold

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// An API is what exists before its project does: .proto files.
type API struct {
	Sources fs.FS    // where they and their imports are, by their paths in imports
	Files   []string // those that declare what plugins serve
	Own     bool     // whether they were made for this project: they are then linted, and name its Go packages

	search searchPath // of Sources that are files
	origin *origin    // of an API that was made from Go interfaces
}

// apiProject is what the templates of a project around an API know.
type apiProject struct {
	*project
	OwnAPI   bool
	Packages []*apiPackage
	Origin   *origin // nil for an API that was not made from Go interfaces
}

// apiPackage is one Go package of an API, and the plugin that serves it.
type apiPackage struct {
	*pluginProgram
	Dir          string // of the package: sdk/kvv1
	Pattern      string // of the names of its plugins: kv-*
	HostServices []hostService
	Callbacks    []*skeleton // what the host passes to the plugins
}

// adopt adds an API that exists: its .proto files as they are, a host that calls every method, and for each Go package
// a plugin whose methods are ready to be filled in.
func (p *project) adopt(ctx context.Context, plan *Plan, api *API) error {
	if err := p.addSources(ctx, plan, api); err != nil {
		return api.search.located(err)
	}
	files, err := p.generate(ctx, plan, api.Sources, p.ProtoFiles)
	if err != nil {
		return api.search.located(err)
	}
	packages, err := p.readPackages(files)
	if err != nil {
		return err
	}
	a := &apiProject{project: p, OwnAPI: api.Own, Origin: api.origin}
	packages = slices.DeleteFunc(packages, func(pkg *sdk.Package) bool { return len(pkg.Plugins()) == 0 })
	services, host := names{}, newProgramNames(packages...)
	for _, pkg := range packages {
		a.Packages = append(a.Packages, p.apiPackage(pkg, len(packages) > 1, services, host))
	}
	if len(a.Packages) == 0 {
		return fmt.Errorf("%s: expected a service, found none that a plugin can serve", strings.Join(api.Files, ", "))
	}
	return a.write(plan)
}

// addSources adds the .proto files of an API with all that they import, and settles their Go packages.
func (p *project) addSources(ctx context.Context, plan *Plan, api *API) error {
	req, err := compile.Request(ctx, api.Sources, api.Files, "")
	if err != nil {
		return err
	}
	var own []*descriptorpb.FileDescriptorProto
	for _, file := range req.GetProtoFile() {
		name := file.GetName()
		if strings.HasPrefix(name, "google/protobuf/") {
			continue
		}
		content, err := fs.ReadFile(api.Sources, name)
		if err != nil {
			return err
		}
		plan.add(path.Join(p.proto, name), content)
		if isPublished(file) && !slices.Contains(api.Files, name) {
			p.PublishedFiles = append(p.PublishedFiles, name)
			continue
		}
		own = append(own, file)
		p.ProtoFiles = append(p.ProtoFiles, name)
	}
	slices.Sort(p.ProtoFiles)
	slices.Sort(p.PublishedFiles)
	if !api.Own {
		p.Adopted = slices.Sorted(slices.Values(slices.Concat(p.ProtoFiles, p.PublishedFiles)))
	}
	mapping, err := p.goPackages(own, req)
	if err != nil {
		return err
	}
	p.GoOptions = append(p.GoOptions, mapping...)
	p.GluePluginOptions = append(p.GluePluginOptions, mapping...)
	return nil
}

// readPackages reads the Go packages with services among generated files, in the order of their directories.
func (p *project) readPackages(files map[string]string) ([]*sdk.Package, error) {
	return readPackages(p.SDKModule(), byDir(files))
}

// byDir groups files by their directories.
func byDir(files map[string]string) map[string]map[string]string {
	dirs := map[string]map[string]string{}
	for name, content := range files {
		dir := path.Dir(name)
		if dirs[dir] == nil {
			dirs[dir] = map[string]string{}
		}
		dirs[dir][path.Base(name)] = content
	}
	return dirs
}

// apiPackage returns what the templates know of a Go package. several says that there are others, whose plugins must
// have other names; services and host are the names that the host has taken, for services and otherwise.
func (p *project) apiPackage(pkg *sdk.Package, several bool, services names, host *programNames) *apiPackage {
	kind := kindOf(pkg, several)
	a := &apiPackage{
		pluginProgram: newPluginProgram(pkg, p.Name, kind+"first"),
		Dir:           strings.TrimPrefix(pkg.ImportPath, p.Module+"/"),
		Pattern:       p.Name + "-" + kind + "*",
	}
	called := map[string]string{}
	for _, s := range calledBack(pkg) {
		callback := newSkeleton(pkg, s, host, "callback")
		a.Callbacks = append(a.Callbacks, callback)
		called[pkg.Qualifier+"."+s.Name] = callback.Type
	}
	for _, s := range pkg.Plugins() {
		if len(s.Methods) > 0 {
			a.HostServices = append(a.HostServices, newHostService(pkg, s, called, services, host))
		}
	}
	return a
}

// kindOf returns what stands before the names of the plugins for a package, where there are several packages.
func kindOf(pkg *sdk.Package, several bool) string {
	if several {
		return pkg.Name + "-"
	}
	return ""
}

// write adds the host, the plugins and their tests.
func (a *apiProject) write(plan *Plan) error {
	host := path.Join(a.app, "cmd", a.Name)
	if err := a.addReadme(plan, a, "api/README.md.tmpl"); err != nil {
		return err
	}
	err := render(plan, a, ".", map[string]string{
		"api/cmd/host/main.go.tmpl": path.Join(host, "main.go"),
		"api/cmd/host/call.go.tmpl": path.Join(host, "call.go"),
		"api/e2e_test.go.tmpl":      path.Join(a.app, "e2e_test.go"),
	})
	if err != nil {
		return err
	}
	if err := a.writeStreams(plan, host); err != nil {
		return err
	}
	if err := a.writeOrigin(plan); err != nil {
		return err
	}
	for _, pkg := range a.Packages {
		a.PluginDirs = append(a.PluginDirs, pkg.PluginDir)
		if err := pkg.pluginProgram.write(plan, a.app); err != nil {
			return err
		}
		if err := pkg.writeHost(plan, host); err != nil {
			return err
		}
		plan.Next = append(plan.Next, pkg.buildCommand(a.layout))
	}
	plan.Next = append(plan.Next, a.inApp("run")+" ./cmd/"+a.Name+" "+strings.Join(a.FirstCall(), " "))
	return nil
}

// writeStreams adds the part of the host that handles streams, as far as a method has some.
func (a *apiProject) writeStreams(plan *Plan, dir string) error {
	var calls strings.Builder
	for _, pkg := range a.Packages {
		for _, s := range pkg.HostServices {
			for _, m := range s.Methods {
				calls.WriteString(m.Call + "\n")
			}
		}
	}
	uses := struct{ Input, ShowAll, Copy bool }{
		strings.Contains(calls.String(), "input["), strings.Contains(calls.String(), "showAll("), strings.Contains(calls.String(), "c.copy("),
	}
	if !uses.Input && !uses.ShowAll && !uses.Copy {
		return nil
	}
	return render(plan, uses, dir, map[string]string{"api/cmd/host/stream.go.tmpl": "stream.go"})
}

// writeHost adds the files of the host that call the services of the package, and those for what the plugins call back.
func (a *apiPackage) writeHost(plan *Plan, dir string) error {
	for _, s := range a.HostServices {
		if err := render(plan, s, dir, map[string]string{"api/cmd/host/service.go.tmpl": s.File}); err != nil {
			return err
		}
	}
	for _, s := range a.Callbacks {
		if err := render(plan, s, dir, map[string]string{"api/plugin/service.go.tmpl": s.File}); err != nil {
			return err
		}
	}
	return nil
}

// FirstCall returns the arguments that call the first method of the host; none where there is no method.
func (a *apiProject) FirstCall() []string {
	for _, pkg := range a.Packages {
		for _, s := range pkg.HostServices {
			for _, m := range s.Methods {
				return []string{s.Command, m.Command}
			}
		}
	}
	return nil
}
