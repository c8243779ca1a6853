package gen

import (
	"bytes"
	"fmt"
	"go/format"
	"path"
	"text/template"

	"google.golang.org/protobuf/compiler/protogen"

	"github.com/goplugin-dev/goplugin/templates"
)

// render adds the files of one package to the plugin's response.
func render(plugin *protogen.Plugin, pkg *Package) error {
	glue, err := template.New("glue").
		Funcs(template.FuncMap{"comment": commentText, "base": path.Base}).
		ParseFS(templates.Glue, "glue/*.tmpl")
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	if err := renderFile(plugin, glue, "package.go.tmpl", pkg.Filename, pkg.ImportPath, pkg); err != nil {
		return err
	}
	for _, file := range pkg.Files {
		if err := renderFile(plugin, glue, "service.go.tmpl", file.Filename, pkg.ImportPath, file); err != nil {
			return err
		}
	}
	return nil
}

// renderFile executes one template into one generated file.
func renderFile(plugin *protogen.Plugin, glue *template.Template, name, filename, importPath string, data any) error {
	var text bytes.Buffer
	if err := glue.ExecuteTemplate(&text, name, data); err != nil {
		return fmt.Errorf("%s: %w", filename, err)
	}
	if _, err := plugin.NewGeneratedFile(filename, protogen.GoImportPath(importPath)).Write(settle(text.Bytes())); err != nil {
		return fmt.Errorf("%s: %w", filename, err)
	}
	return nil
}

// settle formats a source until gofmt leaves it alone: the doc comment of a .proto file can take more than one pass.
// protogen reports a source that cannot be formatted.
func settle(source []byte) []byte {
	for range 5 {
		formatted, err := format.Source(source)
		if err != nil || bytes.Equal(formatted, source) {
			return source
		}
		source = formatted
	}
	return source
}
