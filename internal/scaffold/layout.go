package scaffold

import (
	"path"
	"slices"
	"strings"
)

// The layouts of a project: one Go module, or three that can become repositories of their own.
const (
	LayoutSingle = "single"
	LayoutSplit  = "split"
)

// A layout says where in a project is what. Directories are relative to the project, with slashes; "." is the project
// itself.
type layout struct {
	app       string // Go module of the host, in cmd, and of the plugins, in plugins
	sdk       string // Go module of the generated code, with its buf.gen.yaml
	proto     string // the .proto files, by their paths in imports
	templates string // directory of templates for what every project of the layout has
	readme    string // where the README of the host and the plugins stands; empty where the templates have one
}

// newLayout returns the layout of a new project; "" is LayoutSingle.
func newLayout(name string) layout {
	if name == LayoutSplit {
		return layout{app: "app", sdk: "sdk", proto: "proto", templates: "split"}
	}
	return layout{app: ".", sdk: ".", proto: "proto", templates: "single", readme: "README.md"}
}

// inApp returns the beginning of a go command that runs in the module of the host: "go build", or "go build -C app".
func (l layout) inApp(command string) string {
	if l.app == "." {
		return "go " + command
	}
	return "go " + command + " -C " + l.app
}

// dirOf returns the directory that a file shared by all projects of the layout is in, of those that the layout names.
func (l layout) dirOf(file string) string {
	first, _, _ := strings.Cut(file, "/")
	if slices.Contains([]string{l.app, l.sdk, l.proto}, first) {
		return first
	}
	return "."
}

// App returns what stands before the paths of the host's module in the project: "app/", or nothing.
func (l layout) App() string { return strings.TrimPrefix(l.app+"/", "./") }

// A goModule is what the templates of go.mod and go.sum know.
type goModule struct {
	*project
	dir     string
	Path    string
	SDK     string // the module of the SDK, if it is another one
	Runtime bool   // whether hosts and plugins are in it

	Published []publishedModule
}

// modules returns the Go modules with code that needs others.
func (p *project) modules() []goModule {
	app := goModule{project: p.in(p.layout.app), dir: p.layout.app, Path: path.Join(p.Module, p.layout.app), Runtime: true}
	if p.layout.app == p.layout.sdk {
		return []goModule{app}
	}
	app.SDK = p.SDKModule()
	return []goModule{app, {project: p.in(p.layout.sdk), dir: p.layout.sdk, Path: p.SDKModule()}}
}

// ToProto returns the directory of the .proto files as buf.gen.yaml names it.
func (l layout) ToProto() string {
	if l.sdk == "." {
		return l.proto
	}
	return "../" + l.proto
}

// SDKModule returns the path of the Go module that holds the generated code.
func (p *project) SDKModule() string { return path.Join(p.Module, p.layout.sdk) }

// EmbeddedFiles returns the patterns by which a Go package embeds the .proto files: directories, which hold files that are
// added later, too.
func (p *project) EmbeddedFiles() []string {
	var patterns []string
	for _, file := range slices.Concat(p.ProtoFiles, p.PublishedFiles) {
		pattern, _, below := strings.Cut(file, "/")
		if !below {
			pattern = "*.proto"
		}
		patterns = append(patterns, pattern)
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}
