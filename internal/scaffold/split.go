package scaffold

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// The layouts of a project: one Go module, or three that can become repositories of their own.
const (
	LayoutSingle = "single"
	LayoutSplit  = "split"
)

// splitModules are the directories of the modules of a split project.
func splitModules() []string { return []string{"app", "proto", "sdk"} }

// split moves the files of a project into the modules app, proto and sdk, and adds what ties them.
func (p *project) split(plan *Plan) error {
	p.App = "app/"
	p.GoOptions = moduleOption(p.GoOptions, p.Module+"/sdk")
	p.GluePluginOptions = moduleOption(p.GluePluginOptions, p.Module+"/sdk")
	for i, f := range plan.Files {
		if strings.HasSuffix(f.Path, ".pb.go") && !strings.HasPrefix(f.Path, "sdk/") {
			return fmt.Errorf("the layout %s has generated code below %s/sdk alone, and a go_package puts %s elsewhere: change that, or use the layout %s",
				LayoutSplit, p.Module, f.Path, LayoutSingle)
		}
		plan.Files[i].Path = splitPath(f.Path)
	}
	files := map[string]string{
		"split/go.work.tmpl":              "go.work",
		"split/README.md.tmpl":            "README.md",
		"split/Makefile.tmpl":             "Makefile",
		"split/ci.yml.tmpl":               ".github/workflows/ci.yml",
		"split/app/README.md.tmpl":        "app/README.md",
		"split/proto/go.mod.tmpl":         "proto/go.mod",
		"split/proto/files.go.tmpl":       "proto/files.go",
		"split/proto/README.md.tmpl":      "proto/README.md",
		"split/proto/buf.yaml.tmpl":       "proto/buf.yaml",
		"split/sdk/README.md.tmpl":        "sdk/README.md",
		"split/sdk/go.mod.tmpl":           "sdk/go.mod",
		"shared/gitignore.tmpl":           "app/.gitignore",
		"shared/.vscode/launch.json.tmpl": ".vscode/launch.json",
	}
	plan.Files = slices.DeleteFunc(plan.Files, func(f File) bool { return f.Path == "README.md" })
	for i, command := range plan.Next {
		plan.Next[i] = strings.ReplaceAll(command, "go run ", "go run -C app ")
		plan.Next[i] = strings.ReplaceAll(plan.Next[i], "go build ", "go build -C app ")
	}
	if err := render(plan, p, files); err != nil {
		return err
	}
	if err := render(plan, p.in("app"), map[string]string{"split/app/go.mod.tmpl": "app/go.mod", "shared/go.sum.tmpl": "app/go.sum"}); err != nil {
		return err
	}
	sdk := p.in("sdk")
	sdk.RuntimeVersion = "" // of what hosts and plugins use, and the SDK does not
	return render(plan, sdk, map[string]string{"split/sdk/buf.gen.yaml.tmpl": "sdk/buf.gen.yaml", "shared/go.sum.tmpl": "sdk/go.sum"})
}

// moduleOption returns options of a generator for another module.
func moduleOption(options []string, module string) []string {
	options = slices.Clone(options)
	for i, o := range options {
		if strings.HasPrefix(o, "module=") {
			options[i] = "module=" + module
		}
	}
	return options
}

// splitPath returns where a file of a project is in the split layout.
func splitPath(name string) string {
	first, _, _ := strings.Cut(name, "/")
	if slices.Contains(splitModules(), first) || first == "README.md" {
		return name
	}
	return path.Join("app", name)
}
