// Package gen is the generator: from a CodeGeneratorRequest to Go source files.
//
// It is a pipeline. Each step is a file or two: options.go (parameters), request.go (what of a request matters),
// directive.go and directive_source.go (comments and directive files), build.go with names.go, method.go, field.go, callback.go
// and imports.go (protogen's descriptors to the model of model.go), check.go (the rules that need the whole package), render.go (the
// model to the templates in templates/glue). Mistakes of the user are collected on the way (problem.go) and reported all at once.
package gen

import (
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/version"
)

// Run answers a request of protoc or buf. Mistakes of the user are in the error field of the response; the response
// has then no files.
func Run(req *pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorResponse {
	options := Options{Style: StyleAuto}
	plugin, err := protogen.Options{ParamFunc: options.set}.New(slim(req))
	if err != nil {
		message := err.Error()
		return &pluginpb.CodeGeneratorResponse{Error: &message}
	}
	plugin.SupportedFeatures = uint64(pluginpb.CodeGeneratorResponse_FEATURE_PROTO3_OPTIONAL | pluginpb.CodeGeneratorResponse_FEATURE_SUPPORTS_EDITIONS)
	plugin.SupportedEditionsMinimum = descriptorpb.Edition_EDITION_PROTO2
	plugin.SupportedEditionsMaximum = descriptorpb.Edition_EDITION_2024
	packages, err := Build(plugin, options)
	if err != nil {
		plugin.Error(err)
		return plugin.Response()
	}
	return render(plugin, packages...)
}

// Build returns the model of every Go package to generate.
func Build(plugin *protogen.Plugin, options Options) ([]*Package, error) {
	ps := &problems{}
	ds := directives{}
	for _, file := range plugin.Files {
		if file.Generate {
			ds.readComments(file.Desc, ps)
		}
	}
	if options.Directives != "" {
		if err := ds.readFile(options.Directives, plugin, ps); err != nil {
			return nil, err
		}
	}
	groups := groupFiles(plugin, ds, ps)
	checkDirectories(groups, ps)
	all := newRunFiles(plugin)
	var packages []*Package
	used := map[protoreflect.FullName]bool{}
	for _, group := range groups {
		b := newPackageBuilder(all, group, options, ds, used, ps)
		packages = append(packages, b.build(version.Release()))
	}
	checkFields(plugin, ds, used, ps)
	return packages, ps.err()
}
