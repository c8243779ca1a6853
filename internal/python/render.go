package python

import (
	"bytes"
	"path"
	"strings"
	"text/template"

	"github.com/goplugin-dev/goplugin/templates"
)

// Files returns the generated files by their paths, relative to the package sdk.
func (a *API) Files() (map[string]string, error) {
	files := map[string]string{}
	for name, text := range a.files {
		files[name] = text
	}
	for _, p := range a.Packages {
		for _, m := range p.Modules {
			text, err := render("module.py.tmpl", m)
			if err != nil {
				return nil, err
			}
			files[m.Path] = header(m.Source) + text
		}
		sources := p.Modules[0].Source
		for _, m := range p.Modules[1:] {
			sources += ", " + m.Source
		}
		text, err := render("package.py.tmpl", p)
		if err != nil {
			return nil, err
		}
		files[path.Join(p.Dir, "__init__.py")] = header(sources) + text
		if len(p.Errors) > 0 {
			text, err := render("errors.py.tmpl", p)
			if err != nil {
				return nil, err
			}
			files[path.Join(p.Dir, "declared_errors.py")] = header(sources) + text
		}
	}
	return files, nil
}

// render executes a template of templates/project-python/glue.
func render(name string, data any) (string, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"doc": docstring, "quote": quote, "signature": signature}).ParseFS(templates.ProjectPython, "project-python/glue/*.tmpl")
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.String(), err
}

// lineLength is what Python's formatters are set to in the projects.
const lineLength = 120

// signature returns the first line of a method, broken as the formatter breaks it.
func signature(keyword string, m *Method) string {
	const indent = "    "
	parameters := append([]string{"self"}, m.Parameters...)
	head, tail := indent+keyword+" "+m.Name+"(", ") -> "+m.Returns+":"
	joined := strings.Join(parameters, ", ")
	switch {
	case len(head)+len(joined)+len(tail) <= lineLength:
		return head + joined + tail
	case 2*len(indent)+len(joined) <= lineLength:
		return head + "\n" + indent + indent + joined + "\n" + indent + tail
	}
	return head + "\n" + indent + indent + strings.Join(parameters, ",\n"+indent+indent) + ",\n" + indent + tail
}

// quote returns a text as a literal of Python.
func quote(text string) string { return bytesLiteral([]byte(text))[1:] }
