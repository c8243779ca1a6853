// Package templates holds the text that the commands write: glue/ is what protoc-gen-goplugin emits, project/ what
// goplugin-new creates. The files read like what they produce.
package templates

import "embed"

// Glue holds the templates of the generated Go code: service.go.tmpl for a .proto file, package.go.tmpl for a Go
// package.
//
//go:embed glue/*.tmpl
var Glue embed.FS

// Project holds the templates of a new project, by the path that a file has in it; host and service stand for the
// project's own name.
//
//go:embed all:project
var Project embed.FS

// ProjectPython holds the templates of a plugin in Python: project/ by the paths of its files, where package stands for
// its Python package, and glue/ for the code that is generated from an API.
//
//go:embed all:project-python
var ProjectPython embed.FS
