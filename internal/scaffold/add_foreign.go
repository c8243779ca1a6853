package scaffold

import (
	"context"
	"io/fs"
	"os"
	"path"
	"strings"
)

// AddForeignPlugin returns the plan that adds a plugin in another language than Go to the project in dir, for the services
// of a Go package; "" is the only one. It is a project of its own below plugins.
func AddForeignPlugin(ctx context.Context, dir, name, goPackage, language string) (*Plan, error) {
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
	plan, err := ForeignPlugin(ctx, ForeignOptions{
		Name: program.Program, Language: language, Sources: diskFiles(p.output.Protos), Files: pkg.Sources,
	})
	if err != nil {
		return nil, err
	}
	for i, f := range plan.Files {
		plan.Files[i].Path = path.Join(program.PluginDir, f.Path)
	}
	for i, command := range plan.Next {
		plan.Next[i] = strings.Replace(command, hostDir, "../bin", 1)
	}
	plan.Next = append([]string{"cd " + program.PluginDir}, plan.Next...)
	return plan, nil
}

// diskFiles are paths on this machine, by the paths that imports have.
type diskFiles map[string]string

// Open opens a file by its path in imports.
func (d diskFiles) Open(name string) (fs.File, error) {
	file, ok := d[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return os.Open(file)
}
