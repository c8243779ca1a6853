package scaffold

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/python"
	"github.com/goplugin-dev/goplugin/templates"
)

// pythonProject is what the templates of a plugin in Python know.
type pythonProject struct {
	Name    string   // greeter-python
	Package string   // greeter_python
	Served  string   // greeter.v1.GreeterService
	Options []string // of the generator
}

// pythonPlugin makes a plugin in Python: a package that holds the plugin, the code generated from the API and go-plugin's
// protocol.
func pythonPlugin(ctx context.Context, options ForeignOptions, req *pluginpb.CodeGeneratorRequest) (*foreignLanguage, error) {
	api, err := python.Load(req)
	if err != nil {
		return nil, err
	}
	project, err := fs.Sub(templates.ProjectPython, "project-python/project")
	if err != nil {
		return nil, err
	}
	p := pythonProject{Name: options.Name, Package: pythonPackage(options.Name), Served: api.Served(), Options: options.goOptions(req)}
	generated, err := p.generate(ctx, api, project)
	if err != nil {
		return nil, err
	}
	return &foreignLanguage{
		templates: project,
		data:      p,
		place:     func(name string) string { return strings.Replace(name, "src/package/", "src/"+p.Package+"/", 1) },
		generated: generated,
		next:      []string{"make test", "make install PLUGIN_DIR=" + hostDir + " # where the host looks for plugins"},
	}, nil
}

// pythonPackage returns the name of a plugin's Python package: one of two words at least, which no module of Python's
// own has.
func pythonPackage(name string) string {
	if !strings.Contains(name, "-") {
		name += "-plugin"
	}
	return strings.ReplaceAll(name, "-", "_")
}

// generate returns the generated files: those of the API, the first version of the plugin, and the messages of
// go-plugin's protocol.
func (p pythonProject) generate(ctx context.Context, api *python.API, project fs.FS) (map[string]string, error) {
	root := "src/" + p.Package
	skeleton, err := api.Skeleton()
	if err != nil {
		return nil, err
	}
	files := map[string]string{root + "/plugin.py": skeleton}
	protocol, err := fs.Sub(project, "src/package/goplugin")
	if err != nil {
		return nil, err
	}
	req, err := compile.Request(ctx, protocol, []string{"protocol.proto"}, "")
	if err != nil {
		return nil, err
	}
	messages, err := python.Generate(req)
	if err != nil {
		return nil, err
	}
	glue, err := api.Files()
	if err != nil {
		return nil, err
	}
	for dir, made := range map[string]map[string]string{"goplugin": messages, "sdk": glue} {
		for name, content := range made {
			files[path.Join(root, dir, name)] = content
		}
	}
	return files, nil
}
