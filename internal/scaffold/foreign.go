package scaffold

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
)

// ForeignOptions are what a user decides about a plugin in another language than Go.
type ForeignOptions struct {
	Name     string   // of the plugin: its program and its directory, such as greeter-python
	Language string   // one of ForeignLanguages
	Sources  fs.FS    // the .proto files of the API, by their paths in imports
	Files    []string // those of them that declare what plugins serve

	// GoPackage is the import path and the name of the Go package of Files in the host's project, as "PATH;NAME", where it
	// may be another than their own: the handshake can follow from it. Default: their own.
	GoPackage string
}

// goOptions returns the generator's options that give Files their Go package, if it is not the one that they name.
func (o ForeignOptions) goOptions(req *pluginpb.CodeGeneratorRequest) []string {
	var options []string
	for _, file := range req.GetProtoFile() {
		own := file.GetOptions().GetGoPackage()
		if !strings.Contains(own, ";") {
			own += ";" + path.Base(own)
		}
		if o.GoPackage != "" && own != o.GoPackage && slices.Contains(o.Files, file.GetName()) {
			options = append(options, "M"+file.GetName()+"="+o.GoPackage)
		}
	}
	return options
}

// hostDir stands in a command for the directory in which a host looks for plugins, where that is not known.
const hostDir = "..."

// A foreignLanguage makes the files of plugins in one language. CONTRIBUTING.md says what a new one takes.
type foreignLanguage struct {
	// templates are the files of a plugin by their paths: those that end with .tmpl are executed, others are taken as
	// they are. A file named gitignore becomes .gitignore.
	templates fs.FS
	// data is what the templates know.
	data any
	// place returns where a file of the templates stands in the project.
	place func(name string) string
	// generated are further files, such as the code made from the API.
	generated map[string]string
	// next are the commands that a user types next.
	next []string
}

var foreignLanguages = map[string]func(context.Context, ForeignOptions, *pluginpb.CodeGeneratorRequest) (*foreignLanguage, error){
	"python": pythonPlugin,
}

// ForeignLanguages returns the languages of plugins beside Go, in alphabetical order.
func ForeignLanguages() []string { return slices.Sorted(maps.Keys(foreignLanguages)) }

// ForeignPlugin returns the plan of a plugin in another language: a project of its own, with the API's .proto files below
// proto/ and the code generated from them. Nothing is written. Its error holds every mistake in the .proto files.
func ForeignPlugin(ctx context.Context, options ForeignOptions) (*Plan, error) {
	if _, err := newNames("plugin", options.Name); err != nil {
		return nil, err
	}
	newLanguage, ok := foreignLanguages[options.Language]
	if !ok {
		return nil, fmt.Errorf("language %q: expected go or one of %s", options.Language, strings.Join(ForeignLanguages(), ", "))
	}
	req, err := compile.Request(ctx, options.Sources, options.Files, "")
	if err != nil {
		return nil, err
	}
	req.Parameter = proto.String(strings.Join(options.goOptions(req), ","))
	language, err := newLanguage(ctx, options, req)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Next: language.next}
	if err := addProtos(plan, options.Sources, req); err != nil {
		return nil, err
	}
	for name, content := range language.generated {
		plan.add(name, []byte(content))
	}
	return plan, language.render(plan)
}

// addProtos adds the API's .proto files and those that they import from the same place.
func addProtos(plan *Plan, sources fs.FS, req *pluginpb.CodeGeneratorRequest) error {
	for _, file := range req.GetProtoFile() {
		content, err := fs.ReadFile(sources, file.GetName())
		if err != nil {
			if strings.HasPrefix(file.GetName(), "google/protobuf/") {
				continue // built into every compiler
			}
			return err
		}
		plan.add("proto/"+file.GetName(), content)
	}
	return nil
}

// render adds the files made from templates.
func (l *foreignLanguage) render(plan *Plan) error {
	return fs.WalkDir(l.templates, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(l.templates, name)
		if err != nil {
			return err
		}
		target, isTemplate := strings.CutSuffix(name, ".tmpl")
		if path.Base(target) == "gitignore" {
			target = path.Join(path.Dir(target), ".gitignore")
		}
		if isTemplate {
			if content, err = executeTemplate(name, string(content), l.data); err != nil {
				return err
			}
		}
		plan.add(l.place(target), content)
		return nil
	})
}

func executeTemplate(name, text string, data any) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, data)
	return out.Bytes(), err
}
