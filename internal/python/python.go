// Package python generates what a plugin in Python needs of an API, from a CodeGeneratorRequest, without Python: the
// messages (messages.go: NAME_pb2.py as protoc writes it; stubs.go: its types), and the services as typed classes over
// the package goplugin of templates/project-python (build.go from the model of internal/gen, which decides on names,
// styles, callbacks, errors and the handshake; field.go and method.go; render.go with the templates in
// templates/project-python/glue). names.go holds Python's rules for names, imports.go those for modules.
package python

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/gen"
)

// Run answers a request as a generator of protoc and buf does. The files belong into a package that stands beside
// goplugin's: the directory sdk of a plugin's package. They are those of the files to generate and of all that these
// import, but for what Python's protobuf brings. Mistakes of the user are in the error field of the response.
//
// Parameters: style=auto|flat|message and directives=FILE, as for Go.
func Run(req *pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorResponse {
	files, err := Generate(req)
	if err != nil {
		message := err.Error()
		return &pluginpb.CodeGeneratorResponse{Error: &message}
	}
	features := uint64(pluginpb.CodeGeneratorResponse_FEATURE_PROTO3_OPTIONAL | pluginpb.CodeGeneratorResponse_FEATURE_SUPPORTS_EDITIONS)
	resp := &pluginpb.CodeGeneratorResponse{
		SupportedFeatures: &features,
		MinimumEdition:    proto.Int32(int32(descriptorpb.Edition_EDITION_PROTO2)),
		MaximumEdition:    proto.Int32(int32(descriptorpb.Edition_EDITION_2024)),
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		resp.File = append(resp.File, &pluginpb.CodeGeneratorResponse_File{Name: proto.String(name), Content: proto.String(files[name])})
	}
	return resp
}

// Generate returns the generated files by their paths.
func Generate(req *pluginpb.CodeGeneratorRequest) (map[string]string, error) {
	api, err := Load(req)
	if err != nil {
		return nil, err
	}
	return api.Files()
}

// Load reads a request. The error holds every mistake in its directives and in what Python cannot name.
func Load(req *pluginpb.CodeGeneratorRequest) (*API, error) {
	options := gen.Options{Style: gen.StyleAuto}
	set := func(name, value string) error {
		switch name {
		case "style":
			options.Style = gen.Style(value)
			if !slices.Contains([]gen.Style{gen.StyleAuto, gen.StyleFlat, gen.StyleMessage}, options.Style) {
				return fmt.Errorf("option style=%s: expected auto, flat or message", value)
			}
		case "directives":
			options.Directives = value
		default:
			return fmt.Errorf("unknown option %q: the Python generator takes style and directives", name)
		}
		return nil
	}
	plugin, err := protogen.Options{ParamFunc: set}.New(withGoPackages(req))
	if err != nil {
		return nil, err
	}
	packages, err := gen.Build(plugin, options)
	if err != nil {
		return nil, err
	}
	return build(plugin, packages)
}
