// Package scaffold makes the projects that goplugin-new creates and changes: first all of it in memory, then on disk,
// all or nothing. project.go has what every project has, layout.go where it stands, greeter.go the example and api.go an
// API that exists; code.go writes hosts and plugins for the interfaces of an SDK; existing.go finds a project on disk, add.go
// and regenerate.go change it, alone.go makes a plugin without one; plan.go and write.go carry a plan out.
package scaffold

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"text/template"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/gen"
	"github.com/goplugin-dev/goplugin/internal/generate"
	"github.com/goplugin-dev/goplugin/templates"
)

// Options are what a user decides about a new project.
type Options struct {
	Name      string // of the project, such as greeter
	Module    string // path of its Go module; default example.com/NAME
	API       *API   // what the plugins serve; default a greeter, as an example
	Style     string // of the generator; default its own
	Transport string // of the generator; default its own
	Layout    string // LayoutSingle or LayoutSplit; default LayoutSingle
	Dir       string // where the project will be, for what a development build names by relative paths; default: unknown
}

// BufVersion is the buf that the project's CI installs.
const BufVersion = "1.75.0"

// project is what the templates know.
type project struct {
	Names
	Module            string
	ProtoFiles        []string // below proto/: greeter/v1/greeter.proto
	MessageFiles      []string // what protoc-gen-go makes of them, in the module of the SDK
	PublishedFiles    []string // those that they import and others have published Go code of
	Adopted           []string // the files of both that came from elsewhere
	GoOptions         []string // of protoc-gen-go
	GluePluginOptions []string // of protoc-gen-goplugin
	GeneratorCommand  string   // of protoc-gen-goplugin, as a list in YAML
	NewCommand        string   // of goplugin-new, as a shell runs it
	Released          bool     // whether these commands work on every machine
	RuntimeVersion    string   // of goplugin in go.mod
	RuntimeReplace    string   // the directory that stands for it in go.mod; empty where none does
	BufVersion        string
	NetRPC            bool // whether plugins speak net/rpc alone
	generator         generator
	PluginDirs        []string // in the module of the host
	layout
}

// New returns the plan of a new project. Nothing is written.
func New(ctx context.Context, options Options) (*Plan, error) {
	names, err := newNames("project", options.Name)
	if err != nil {
		return nil, err
	}
	module := cmp.Or(options.Module, DefaultModule(options.Name))
	if err := CheckModule(module); err != nil {
		return nil, err
	}
	generator, err := findGenerator(options.Dir)
	if err != nil {
		return nil, err
	}
	p := &project{
		Names:      names,
		Module:     module,
		Released:   generator.release != "",
		BufVersion: BufVersion,
		NetRPC:     options.Transport == "netrpc",
		layout:     newLayout(options.Layout),
	}
	p.setGenerator(generator)
	p.setOptions(options)
	plan := &Plan{}
	if generator.note != "" {
		plan.Notes = append(plan.Notes, generator.note)
	}
	if options.API != nil {
		err = p.adopt(ctx, plan, options.API)
	} else {
		err = p.greeter(ctx, plan, options.Style)
	}
	if err != nil {
		return nil, err
	}
	return plan, p.addShared(ctx, plan)
}

func (p *project) setGenerator(g generator) {
	p.generator = g
	p.GeneratorCommand, p.NewCommand = g.command(), g.scaffolder()
	p.RuntimeVersion, p.RuntimeReplace = g.required(), g.replacement()
}

// in returns the project as the templates of files in one of its directories know it.
func (p *project) in(dir string) *project {
	inside := *p
	inside.setGenerator(p.generator.below(dir))
	return &inside
}

// setOptions sets the parameters of the generators.
func (p *project) setOptions(options Options) {
	p.GoOptions = []string{"module=" + p.SDKModule()}
	p.GluePluginOptions = []string{"module=" + p.SDKModule()}
	if options.Style != "" {
		p.GluePluginOptions = append(p.GluePluginOptions, "style="+options.Style)
	}
	if options.Transport != "" {
		p.GluePluginOptions = append(p.GluePluginOptions, "transport="+options.Transport)
	}
}

// generate adds what the generators make of .proto files, and returns it: contents by path in the module of the SDK.
func (p *project) generate(ctx context.Context, plan *Plan, sources fs.FS, files []string) (map[string]string, error) {
	made := map[string]string{}
	req, err := compile.Request(ctx, sources, files, strings.Join(p.GoOptions, ","))
	if err != nil {
		return nil, err
	}
	if err := generate.Add(made, compile.RunProtocGenGo(req)); err != nil {
		return nil, err
	}
	for name := range made {
		p.MessageFiles = append(p.MessageFiles, name)
	}
	parameter := strings.Join(p.GluePluginOptions, ",")
	req.Parameter = &parameter
	if err := generate.Add(made, gen.Run(req)); err != nil {
		return nil, err
	}
	for name, content := range made {
		plan.add(path.Join(p.sdk, name), []byte(content))
	}
	return made, nil
}

// addShared adds the files that every project has.
func (p *project) addShared(ctx context.Context, plan *Plan) error {
	if err := p.renderTree(plan, p.layout.templates); err != nil {
		return err
	}
	if err := render(plan, p, ".", map[string]string{"shared/.vscode/launch.json.tmpl": ".vscode/launch.json"}); err != nil {
		return err
	}
	return p.addGoModules(ctx, plan)
}

// renderTree adds a file for every template in a directory, at its place there.
func (p *project) renderTree(plan *Plan, root string) error {
	tree, err := fs.Sub(templates.Project, path.Join("project", root))
	if err != nil {
		return err
	}
	return fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		target := strings.TrimSuffix(name, ".tmpl")
		if path.Base(target) == "gitignore" { // git would heed it among the templates
			target = path.Join(path.Dir(target), ".gitignore")
		}
		return render(plan, p.in(p.dirOf(name)), ".", map[string]string{path.Join(root, name): target})
	})
}

// render adds files in a directory made from templates, given by source and target.
func render(plan *Plan, data any, dir string, files map[string]string) error {
	for source, target := range files {
		content, err := execute(source, data)
		if err != nil {
			return err
		}
		plan.add(path.Join(dir, target), content)
	}
	return nil
}

// addReadme adds the README of the host and the plugins, where the layout has none of its own.
func (p *project) addReadme(plan *Plan, data any, template string) error {
	if p.layout.readme == "" {
		return nil
	}
	return render(plan, data, ".", map[string]string{template: p.layout.readme})
}

// execute returns what a template makes of data. Go code is formatted.
func execute(name string, data any) ([]byte, error) {
	text, err := fs.ReadFile(templates.Project, path.Join("project", name))
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Funcs(template.FuncMap{"join": strings.Join}).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, err
	}
	if !strings.HasSuffix(name, ".go.tmpl") {
		return out.Bytes(), nil
	}
	source, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s gives no Go: %w\n%s", name, err, out.Bytes())
	}
	return source, nil
}

// executableSuffix ends the names of programs on this platform.
func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
