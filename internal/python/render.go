package python

import (
	"bytes"
	"path"
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
	t, err := template.New(name).Funcs(template.FuncMap{
		"doc": docstring, "element": element, "quote": quote, "signature": signature, "unwritten": unwritten,
	}).ParseFS(templates.ProjectPython, "project-python/glue/*.tmpl")
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.String(), err
}
