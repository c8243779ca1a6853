// Package bufgen does for a project what "buf generate" does, without buf: it reads buf.yaml and buf.gen.yaml
// (config.go), finds the .proto files (sources.go), runs the generators (generate.go, plugin.go) and finds what earlier
// runs left (stale.go). It writes nothing.
//
// It knows the configuration that Go projects use, version v2. What it does not know is an error that points to buf, so
// that its output is never another than buf's.
package bufgen

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The files that configure buf.
const (
	WorkspaceFile = "buf.yaml"
	TemplateFile  = "buf.gen.yaml"
)

// workspace is what of a buf.yaml matters here.
type workspace struct {
	Modules []module `yaml:"modules"`
	Deps    []string `yaml:"deps"`
}

// module is a tree of .proto files.
type module struct {
	Path     string   `yaml:"path"` // of the directory that imports are relative to
	Includes []string `yaml:"includes"`
	Excludes []string `yaml:"excludes"`
}

// template is a buf.gen.yaml.
type template struct {
	Inputs  []input  `yaml:"inputs"`
	Plugins []plugin `yaml:"plugins"`
}

type input struct {
	Directory string   `yaml:"directory"`
	Excludes  []string `yaml:"exclude_paths"` // files and directories, relative to that of buf.gen.yaml
}

// plugin is one generator of a buf.gen.yaml.
type plugin struct {
	Local    list   `yaml:"local"`
	Remote   string `yaml:"remote"`
	Out      string `yaml:"out"`
	Opt      list   `yaml:"opt"`
	Strategy string `yaml:"strategy"`
}

// A list is a sequence, for which YAML files may write its only element.
type list []string

func (l *list) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*l = list{node.Value}
		return nil
	}
	return node.Decode((*[]string)(l))
}

// known are the keys that this package understands, by the place where they stand. Those of a buf.yaml that do not
// matter to generators are left out: they are not looked at.
var known = map[string][]string{
	"":        {"version", "inputs", "plugins"},
	"inputs":  {"directory", "exclude_paths"},
	"plugins": {"local", "remote", "out", "opt", "strategy"},
}

// readTemplate reads a buf.gen.yaml.
func readTemplate(path string) (template, error) {
	var t template
	root, err := readYAML(path, &t)
	if err != nil {
		return t, err
	}
	if err := unknownKeys(path, root, ""); err != nil {
		return t, err
	}
	if len(t.Plugins) == 0 {
		return t, fmt.Errorf("%s: no plugins: expected protoc-gen-go and protoc-gen-goplugin below \"plugins:\"", path)
	}
	for i, p := range t.Plugins {
		switch {
		case len(p.Local) == 0 && p.Remote == "":
			return t, fmt.Errorf("%s: plugin %d has neither local nor remote", path, i+1)
		case p.Out == "":
			return t, fmt.Errorf("%s: plugin %d has no out: expected the directory to generate into", path, i+1)
		case !slices.Contains([]string{"", "directory", "all"}, p.Strategy):
			return t, fmt.Errorf("%s: plugin %d has strategy %q: expected directory or all", path, i+1, p.Strategy)
		}
	}
	return t, nil
}

// readWorkspace reads the buf.yaml of a directory. One without a buf.yaml is a module itself.
func readWorkspace(dir string) (workspace, error) {
	w := workspace{Modules: []module{{Path: "."}}}
	path := filepath.Join(dir, WorkspaceFile)
	if _, err := readYAML(path, &w); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return w, err
	}
	for i := range w.Modules {
		if w.Modules[i].Path == "" {
			w.Modules[i].Path = "."
		}
	}
	return w, nil
}

// readYAML decodes a file of version v2 and returns its root.
func readYAML(path string, into any) (*yaml.Node, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var head struct {
		Version string `yaml:"version"`
	}
	if err := root.Decode(&head); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if head.Version != "v2" {
		return nil, fmt.Errorf("%s: version %q: expected v2; \"buf config migrate\" brings older files to it", path, head.Version)
	}
	if err := root.Decode(into); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &root, nil
}

// unknownKeys reports the keys below a node that could change what is generated and are not understood.
func unknownKeys(path string, node *yaml.Node, place string) error {
	var errs []error
	if node.Kind != yaml.MappingNode {
		for _, child := range node.Content {
			errs = append(errs, unknownKeys(path, child, place))
		}
		return errors.Join(errs...)
	}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if !slices.Contains(known[place], key.Value) {
			errs = append(errs, fmt.Errorf("%s:%d:%d: the key %q needs buf itself: run \"buf generate\", or leave it out (known here: %s)",
				path, key.Line, key.Column, key.Value, strings.Join(known[place], ", ")))
		} else if _, ok := known[key.Value]; ok {
			errs = append(errs, unknownKeys(path, value, key.Value))
		}
	}
	return errors.Join(errs...)
}
