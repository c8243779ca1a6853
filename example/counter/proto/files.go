// Package proto holds the .proto files of counter, so that Go programs can pin and read them as a module.
package proto

import "embed"

// Files are the .proto files, by their paths in imports.
//
//go:embed counter
var Files embed.FS
