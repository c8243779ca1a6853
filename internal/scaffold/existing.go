package scaffold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/goplugin-dev/goplugin/internal/scaffold/bufgen"
	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// A Project is a project on disk, and where in it is what.
type Project struct {
	Dir string // relative to the current directory if that was given so
	layout
}

// FindProject returns the project that a directory is in: the nearest upwards with a buf.gen.yaml, or with a go.work that
// ties a module with one. Where another module that go.work ties has the host, the project is all of them.
func FindProject(dir string) (*Project, error) {
	return find(dir, bufgen.TemplateFile, func(*Project) bool { return true })
}

// FindHost returns the nearest project with a host that a directory is in. There may be others in between: a plugin in
// another language than Go is one.
func FindHost(dir string) (*Project, error) {
	return find(dir, bufgen.TemplateFile+" beside a host in cmd", func(p *Project) bool { return p.app != "" })
}

// find returns the nearest project from dir upwards that is wanted. what says what is looked for.
func find(dir, what string, wanted func(*Project) bool) (*Project, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for d := absolute; ; d = filepath.Dir(d) {
		p, err := projectAt(d)
		if err != nil {
			return nil, err
		}
		if p != nil && wanted(p) {
			rel, err := filepath.Rel(absolute, p.Dir)
			p.Dir = filepath.Join(dir, rel)
			return p, err
		}
		if d == filepath.Dir(d) {
			return nil, fmt.Errorf("no %s in %s or above, or in the modules of a go.work there: expected a project, as \"goplugin-new NAME\" creates one", what, absolute)
		}
	}
}

// projectAt returns the project of which a directory is the top or the module with buf.gen.yaml; nil where it is neither.
func projectAt(dir string) (*Project, error) {
	if !exists(dir, bufgen.TemplateFile) {
		modules, err := workspaceModules(dir)
		if err != nil {
			return nil, err
		}
		return tied(dir, modules)
	}
	p := &Project{Dir: dir, layout: layout{sdk: "."}}
	if exists(dir, "cmd") {
		p.app = "."
		return p, nil
	}
	for d := dir; d != filepath.Dir(d); {
		d = filepath.Dir(d)
		modules, err := workspaceModules(d)
		if err != nil {
			return nil, err
		}
		if rel, err := filepath.Rel(d, dir); err == nil && slices.Contains(modules, filepath.ToSlash(rel)) {
			return inWorkspace(d, filepath.ToSlash(rel), modules)
		}
	}
	return p, nil
}

// tied returns the project of the only module with a buf.gen.yaml among those of a go.work; nil where there is none.
func tied(dir string, modules []string) (*Project, error) {
	generated := slices.DeleteFunc(slices.Clone(modules), func(m string) bool { return !exists(dir, m, bufgen.TemplateFile) })
	switch len(generated) {
	case 0:
		return nil, nil
	case 1:
		return inWorkspace(dir, generated[0], modules)
	}
	return nil, fmt.Errorf("several modules of %s have a %s: choose one with --dir: %s",
		filepath.Join(dir, "go.work"), bufgen.TemplateFile, strings.Join(generated, ", "))
}

// inWorkspace returns the project whose generated code is in one of the modules of a go.work. Its host is in the module
// that requires it.
func inWorkspace(dir, generated string, modules []string) (*Project, error) {
	if exists(dir, generated, "cmd") { // all of the project is in one module, beside others that are none of it
		return &Project{Dir: filepath.Join(dir, generated), layout: layout{app: ".", sdk: "."}}, nil
	}
	mod, err := readGoMod(filepath.Join(dir, generated))
	if err != nil {
		return nil, err
	}
	var hosts []string
	for _, m := range modules {
		other, err := readGoMod(filepath.Join(dir, m))
		if err != nil {
			return nil, err
		}
		requires := slices.ContainsFunc(other.Require, func(r *modfile.Require) bool { return r.Mod.Path == mod.Module.Mod.Path })
		if requires && exists(dir, m, "cmd") {
			hosts = append(hosts, m)
		}
	}
	switch len(hosts) {
	case 0:
		return &Project{Dir: filepath.Join(dir, generated), layout: layout{sdk: "."}}, nil
	case 1:
		return &Project{Dir: dir, layout: layout{app: hosts[0], sdk: generated}}, nil
	}
	return nil, fmt.Errorf("expected one module of %s with a host of %s in cmd, found %d: %s",
		filepath.Join(dir, "go.work"), mod.Module.Mod.Path, len(hosts), strings.Join(hosts, ", "))
}

// workspaceModules returns the directories below a directory that its go.work ties, relative to it and with slashes; none
// where there is no go.work.
func workspaceModules(dir string) ([]string, error) {
	name := filepath.Join(dir, "go.work")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return nil, err
	}
	var modules []string
	for _, use := range work.Use {
		module := filepath.FromSlash(use.Path)
		if filepath.IsAbs(module) {
			if module, err = filepath.Rel(dir, module); err != nil {
				continue // on another volume
			}
		}
		if filepath.IsLocal(module) {
			modules = append(modules, path.Clean(filepath.ToSlash(module)))
		}
	}
	return modules, nil
}

// readGoMod reads the go.mod of a directory.
func readGoMod(dir string) (*modfile.File, error) {
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("expected a Go module: %w", err)
	}
	file, err := modfile.Parse(name, data, nil)
	if err == nil && file.Module == nil {
		err = fmt.Errorf("%s names no module", name)
	}
	return file, err
}

func exists(elements ...string) bool {
	_, err := os.Stat(filepath.Join(elements...))
	return err == nil
}

// existingAPI is what a project's .proto files and what is generated from them say.
type existingAPI struct {
	module   string         // of the SDK
	host     string         // the name of the program that starts the plugins, and begins theirs
	packages []*sdk.Package // with services that plugins serve
	output   *bufgen.Output
}

// readAPI reads the API of a project with a host. Nothing in it needs to be built or generated.
func (p *Project) readAPI(ctx context.Context) (*existingAPI, error) {
	mod, err := readGoMod(p.sdkDir())
	if err != nil {
		return nil, err
	}
	a := &existingAPI{module: mod.Module.Mod.Path}
	if a.host, err = hostName(filepath.Join(p.Dir, filepath.FromSlash(p.app))); err != nil {
		return nil, err
	}
	if a.output, err = bufgen.Generate(ctx, p.sdkDir(), nil); err != nil {
		return nil, err
	}
	all, err := readPackages(a.module, byDir(a.output.Files))
	for _, pkg := range all {
		if len(pkg.Plugins()) > 0 {
			a.packages = append(a.packages, pkg)
		}
	}
	return a, err
}

// sdkDir returns the directory of the module with the generated code, on this machine.
func (p *Project) sdkDir() string { return filepath.Join(p.Dir, filepath.FromSlash(p.sdk)) }

// hostName returns the name of a module's host: that of the only directory below cmd.
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
