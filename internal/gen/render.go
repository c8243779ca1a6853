package gen

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/templates"
)

// goSuffix ends the name of every generated file.
const goSuffix = ".go"

// A rendering is one generated file: a template and what it is executed with.
type rendering struct {
	template, filename string
	importPath         protogen.GoImportPath
	data               any
	err                error
}

// render returns the response with the files of all packages. It makes them on every processor at once, because
// formatting them is most of the generator's work.
//
// protogen only says what the files are called in the response. It learns their names without goSuffix, because it
// would format Go files once more.
func render(plugin *protogen.Plugin, packages ...*Package) *pluginpb.CodeGeneratorResponse {
	files := renderings(packages)
	for _, f := range files {
		plugin.NewGeneratedFile(strings.TrimSuffix(f.filename, goSuffix), f.importPath)
	}
	response := plugin.Response()
	if response.Error != nil {
		return response
	}
	runtime.GC() // of all descriptors, which a large request has more of than the files that are made of them
	if err := renderAll(files, response.GetFile()); err != nil {
		message := err.Error()
		return &pluginpb.CodeGeneratorResponse{Error: &message}
	}
	return response
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

// renderAll writes the files into their places in the response.
func renderAll(files []*rendering, places []*pluginpb.CodeGeneratorResponse_File) error {
	glue, err := template.New("glue").
		Funcs(template.FuncMap{"comment": commentText, "base": path.Base}).
		ParseFS(templates.Glue, "glue/*.tmpl")
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				files[i].render(glue, places[i])
			}
		})
	}
	group.Wait()
	var errs []error
	for _, f := range files {
		errs = append(errs, f.err)
	}
	return errors.Join(errs...)
}

// render executes the template, and formats what comes out into the file's place in the response.
func (r *rendering) render(glue *template.Template, place *pluginpb.CodeGeneratorResponse_File) {
	var text bytes.Buffer
	err := glue.ExecuteTemplate(&text, r.template, r.data)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", r.filename, err)
		return
	}
	source, err := settle(text.Bytes())
	if err != nil {
		r.err = fmt.Errorf("%s: %w", r.filename, err)
		return
	}
	name, content := place.GetName()+goSuffix, string(source)
	place.Name, place.Content = &name, &content
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
