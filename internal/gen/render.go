package gen

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"text/template"

	"google.golang.org/protobuf/compiler/protogen"

	"github.com/goplugin-dev/goplugin/templates"
)

// A rendering is one generated file: a template and what it is executed with.
type rendering struct {
	template, filename string
	importPath         protogen.GoImportPath
	data               any
	source             []byte
	err                error
}

// render adds the files of all packages to the plugin's response. It makes them on every processor at once, because
// formatting them is most of the generator's work.
func render(plugin *protogen.Plugin, packages ...*Package) error {
	glue, err := template.New("glue").
		Funcs(template.FuncMap{"comment": commentText, "base": path.Base}).
		ParseFS(templates.Glue, "glue/*.tmpl")
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	files := renderings(packages)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				files[i].render(glue)
			}
		})
	}
	group.Wait()
	var errs []error
	for _, f := range files {
		errs = append(errs, f.add(plugin))
	}
	return errors.Join(errs...)
}

// renderings returns the files of all packages, in the order of the response.
func renderings(packages []*Package) []*rendering {
	var files []*rendering
	for _, pkg := range packages {
		importPath := protogen.GoImportPath(pkg.ImportPath)
		files = append(files, &rendering{template: "package.go.tmpl", filename: pkg.Filename, importPath: importPath, data: pkg})
		for _, file := range pkg.Files {
			files = append(files, &rendering{template: "service.go.tmpl", filename: file.Filename, importPath: importPath, data: file})
		}
	}
	return files
}

// render executes the template and formats what comes out.
func (r *rendering) render(glue *template.Template) {
	var text bytes.Buffer
	if r.err = glue.ExecuteTemplate(&text, r.template, r.data); r.err == nil {
		r.source, r.err = settle(text.Bytes())
	}
}

// add adds the file to the plugin's response, under its name without goSuffix.
func (r *rendering) add(plugin *protogen.Plugin) error {
	if r.err == nil {
		name := r.filename[:len(r.filename)-len(goSuffix)]
		_, r.err = plugin.NewGeneratedFile(name, r.importPath).Write(r.source)
	}
	if r.err != nil {
		return fmt.Errorf("%s: %w", r.filename, r.err)
	}
	return nil
}

// settle formats a source until gofmt leaves it alone. That takes one pass, and more where a pass changes a comment:
// the doc comment of a .proto file can change again in the next.
func settle(source []byte) ([]byte, error) {
	for range 5 {
		formatted, err := format.Source(source)
		if err != nil {
			return nil, fmt.Errorf("the generated source is not Go: %w\n%s", err, source)
		}
		if slices.EqualFunc(comments(source), comments(formatted), bytes.Equal) {
			return formatted, nil
		}
		source = formatted
	}
	return source, nil
}

// comments returns the lines of a source that are comments, without their indentation.
func comments(source []byte) [][]byte {
	var lines [][]byte
	for line := range bytes.Lines(source) {
		if line = bytes.TrimSpace(line); bytes.HasPrefix(line, []byte("//")) {
			lines = append(lines, line)
		}
	}
	return lines
}
