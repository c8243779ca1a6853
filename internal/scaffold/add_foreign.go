package scaffold

import (
	"context"
	"path"
	"strings"
)

// AddForeignPlugin returns the plan that adds a plugin in another language than Go to the project, for the services of a Go
// package; "" is the only one. It is a project of its own below plugins.
func (p *Project) AddForeignPlugin(ctx context.Context, name, goPackage, language string) (*Plan, error) {
	program, api, err := p.newPlugin(ctx, name, goPackage)
	if err != nil {
		return nil, err
	}
	plan, err := ForeignPlugin(ctx, ForeignOptions{
		Name: program.Program, Language: language, Sources: api.output.Sources, Files: program.Sources,
		GoPackage: program.ImportPath + ";" + program.Package.Name,
	})
	if err != nil {
		return nil, err
	}
	dir := path.Join(p.app, program.PluginDir)
	for i, f := range plan.Files {
		plan.Files[i].Path = path.Join(dir, f.Path)
	}
	for i, command := range plan.Next {
		plan.Next[i] = strings.Replace(command, hostDir, "../bin", 1)
	}
	plan.Next = append([]string{"cd " + dir}, plan.Next...)
	return plan, nil
}
