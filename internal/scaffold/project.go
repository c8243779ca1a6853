// Package scaffold makes the projects that goplugin-new creates: first all of it in memory (project.go, from
// templates/project and the generators), then on disk, all or nothing (plan.go).
package scaffold

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"testing/fstest"
	"text/template"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/gen"
	"github.com/goplugin-dev/goplugin/internal/generate"
	"github.com/goplugin-dev/goplugin/templates"
)

// Options are what a user decides about a new project.
type Options struct {
	Name   string // of the project, such as greeter
	Module string // path of its Go module; default example.com/NAME
}

// BufVersion is the buf that the project's CI installs.
const BufVersion = "1.75.0"

// project is what the templates know.
type project struct {
	Names
	Module           string
	ProtoPath        string // below proto/: greeter/v1/greeter.proto
	ProtoFile        string // proto/greeter/v1/greeter.proto
	GeneratorCommand string // of protoc-gen-goplugin, as a list in YAML
	Released         bool   // whether that command works on every machine
	BufVersion       string
	Glue             gen.ServiceNames
	Shared           gen.PackageNames
}

// New returns the plan of a new project. Nothing is written.
func New(ctx context.Context, options Options) (*Plan, error) {
	names, err := newNames(options.Name)
	if err != nil {
		return nil, err
	}
	if options.Module == "" {
		options.Module = "example.com/" + options.Name
	}
	if err := checkModule(options.Module); err != nil {
		return nil, err
	}
	generator, err := findGenerator()
	if err != nil {
		return nil, err
	}
	p := &project{
		Names:            names,
		Module:           options.Module,
		ProtoPath:        names.ProtoDir + "/" + names.ProtoBase + ".proto",
		GeneratorCommand: strings.Join(generator.command, ", "),
		Released:         generator.note == "",
		BufVersion:       BufVersion,
	}
	p.ProtoFile = "proto/" + p.ProtoPath
	plan := &Plan{}
	if generator.note != "" {
		plan.Notes = append(plan.Notes, generator.note)
	}
	if err := p.generate(ctx, plan); err != nil {
		return nil, err
	}
	plan.Next = []string{
		fmt.Sprintf("go build -o plugins/bin/%s-english%s ./plugins/english", p.Name, executableSuffix()),
		"go run ./cmd/" + p.Name,
	}
	return plan, p.render(plan)
}

// executableSuffix ends the names of programs on this platform.
func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// generate adds the .proto file and what the generators make of it, and learns the names in the generated code.
func (p *project) generate(ctx context.Context, plan *Plan) error {
	source, err := p.execute("proto/service.proto.tmpl")
	if err != nil {
		return err
	}
	plan.add(p.ProtoFile, source)
	sources := fstest.MapFS{p.ProtoPath: {Data: source}}
	req, err := compile.Request(ctx, sources, []string{p.ProtoPath}, "module="+p.Module)
	if err != nil {
		return err
	}
	files, err := generate.Files(req)
	if err != nil {
		return fmt.Errorf("generate from %s: %w", p.ProtoFile, err)
	}
	for name, content := range files {
		plan.add(name, []byte(content))
	}
	return p.learnNames(req)
}

func (p *project) learnNames(req *pluginpb.CodeGeneratorRequest) error {
	plugin, err := protogen.Options{}.New(req)
	if err != nil {
		return err
	}
	packages, err := gen.Build(plugin, gen.Options{Style: gen.StyleAuto})
	if err != nil {
		return err
	}
	p.Shared, p.Glue = packages[0].Names, packages[0].Services[0].Names
	return nil
}

// render adds the files made from templates.
func (p *project) render(plan *Plan) error {
	for source, target := range map[string]string{
		"README.md.tmpl":                "README.md",
		"Makefile.tmpl":                 "Makefile",
		"go.mod.tmpl":                   "go.mod",
		"go.sum.tmpl":                   "go.sum",
		"buf.yaml.tmpl":                 "buf.yaml",
		"buf.gen.yaml.tmpl":             "buf.gen.yaml",
		"gitignore.tmpl":                ".gitignore",
		".github/workflows/ci.yml.tmpl": ".github/workflows/ci.yml",
		"cmd/host/main.go.tmpl":         "cmd/" + p.Name + "/main.go",
		"plugins/english/main.go.tmpl":  "plugins/english/main.go",
		"e2e_test.go.tmpl":              "e2e_test.go",
	} {
		content, err := p.execute(source)
		if err != nil {
			return err
		}
		plan.add(target, content)
	}
	return nil
}

func (p *project) execute(name string) ([]byte, error) {
	text, err := fs.ReadFile(templates.Project, path.Join("project", name))
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
