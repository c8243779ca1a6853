package bufgen

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/generate"
)

// Output is what the generators of a project make.
type Output struct {
	Files   map[string]string // contents by path, relative to the directory of buf.gen.yaml, with slashes
	Stale   []string          // files that an earlier run made and this one does not, sorted
	Protos  map[string]string // paths on this machine of the .proto files, by their paths in imports
	Sources fs.FS             // the .proto files and what they can import, by their paths in imports
}

// Generate runs the generators that the buf.gen.yaml in dir names. Its error holds all mistakes in the .proto files. added are .proto
// files that are not on disk yet, by their paths in imports.
func Generate(ctx context.Context, dir string, added map[string]string) (*Output, error) {
	t, err := readTemplate(filepath.Join(dir, TemplateFile))
	if err != nil {
		return nil, err
	}
	s, err := findSources(dir, t.Inputs)
	if err != nil {
		return nil, err
	}
	s.add(added)
	run := &run{dir: dir, sources: s, requests: map[string]*pluginpb.CodeGeneratorRequest{}, files: map[string]string{}}
	for _, p := range t.Plugins {
		if err := run.plugin(ctx, p); err != nil {
			return nil, s.located(err)
		}
	}
	stale, err := findStale(dir, s, run.files)
	return &Output{Files: run.files, Stale: stale, Protos: s.files, Sources: s}, err
}

// A run of the generators of one project.
type run struct {
	dir      string
	sources  *sources
	requests map[string]*pluginpb.CodeGeneratorRequest // by the first file
	files    map[string]string
}

// plugin adds what one plugin makes of every group of files.
func (r *run) plugin(ctx context.Context, p plugin) error {
	g := r.generator(p)
	made := map[string]string{}
	for _, files := range r.sources.groups(p.Strategy) {
		req, err := r.request(ctx, p.Strategy, files)
		if err != nil {
			return err
		}
		resp, err := g(ctx, withParameter(req, strings.Join(p.Opt, ",")))
		if err != nil {
			return err
		}
		group := map[string]string{}
		if err := generate.Add(group, resp); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(group)) {
			if _, twice := made[name]; twice {
				return fmt.Errorf("%s: two directories of .proto files both make %s: add \"strategy: all\" to the plugin, so that it gets them in one run",
					filepath.Join(r.dir, TemplateFile), name)
			}
			made[name] = group[name]
			r.files[path.Join(filepath.ToSlash(p.Out), name)] = group[name]
		}
	}
	return nil
}

// request compiles a group of files, once for all plugins.
func (r *run) request(ctx context.Context, strategy string, files []string) (*pluginpb.CodeGeneratorRequest, error) {
	key := strategy + " " + files[0]
	if req, ok := r.requests[key]; ok {
		return req, nil
	}
	req, err := compile.Request(ctx, r.sources, files, "")
	if err != nil {
		return nil, err
	}
	r.requests[key] = req
	return req, nil
}

// withParameter returns a request that shares everything but the parameter.
func withParameter(req *pluginpb.CodeGeneratorRequest, parameter string) *pluginpb.CodeGeneratorRequest {
	with := &pluginpb.CodeGeneratorRequest{FileToGenerate: req.FileToGenerate, ProtoFile: req.ProtoFile}
	if parameter != "" {
		with.Parameter = proto.String(parameter)
	}
	return with
}
