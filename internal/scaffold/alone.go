package scaffold

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// AloneOptions are what a user decides about a plugin in a project of its own.
type AloneOptions struct {
	Name    string // of the plugin and of its program
	Dir     string // where the project will be
	SDK     string // module of the SDK, with @VERSION or without for the latest; or its directory
	Package string // Go package of the SDK, if there are several
	Module  string // of the plugin; default example.com/NAME
}

// aloneProject is what the templates of a plugin in a project of its own know.
type aloneProject struct {
	*pluginProgram
	Module string
	SDK    *sdkModule
}

// Alone returns the plan of a plugin in a project of its own, against an SDK that somebody published. It needs the go
// command, which downloads the SDK and settles the versions in go.mod.
func Alone(ctx context.Context, options AloneOptions) (*Plan, error) {
	if _, err := newNames("plugin", options.Name); err != nil {
		return nil, err
	}
	module := cmp.Or(options.Module, DefaultModule(options.Name))
	if err := CheckModule(module); err != nil {
		return nil, err
	}
	found, err := findSDK(ctx, options.SDK)
	if err != nil {
		return nil, err
	}
	pkg, err := found.choose(options.Package)
	if err != nil {
		return nil, err
	}
	program := newPluginProgram(pkg, "", options.Name)
	program.Program, program.Of, program.PluginDir = options.Name, found.Path, "."
	program.Runtime = false // only the SDK, which is what its author asks for
	p := &aloneProject{program, module, found}
	plan := &Plan{Next: []string{"go build"}}
	if err := p.write(plan); err != nil {
		return nil, err
	}
	return plan, p.tidy(ctx, plan, options.Dir)
}

// write adds all files but go.sum.
func (p *aloneProject) write(plan *Plan) error {
	if err := p.pluginProgram.write(plan, "."); err != nil {
		return err
	}
	return render(plan, p, ".", map[string]string{
		"alone/README.md.tmpl":                "README.md",
		"alone/go.mod.tmpl":                   "go.mod",
		"alone/gitignore.tmpl":                ".gitignore",
		"alone/.github/workflows/ci.yml.tmpl": ".github/workflows/ci.yml",
	})
}

// tidy lets the go command write go.mod and go.sum, in a copy of the project.
func (p *aloneProject) tidy(ctx context.Context, plan *Plan, projectDir string) error {
	dir, err := os.MkdirTemp("", "goplugin-new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := plan.Apply(ctx, dir); err != nil {
		return err
	}
	if _, err := goCommand(ctx, dir, "mod", "tidy"); err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	if p.SDK.Local {
		if mod, err = p.SDK.replacedFrom(mod, projectDir); err != nil {
			return err
		}
		plan.Notes = append(plan.Notes, fmt.Sprintf("go.mod takes %[1]s from its directory. When it is published: go mod edit -dropreplace %[1]s && go get %[1]s@latest", p.SDK.Path))
	}
	for i, f := range plan.Files {
		if f.Path == "go.mod" {
			plan.Files[i].Content = mod
		}
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	plan.add("go.sum", sum)
	return err
}
