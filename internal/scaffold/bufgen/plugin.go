package bufgen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/gen"
	"github.com/goplugin-dev/goplugin/internal/python"
	"github.com/goplugin-dev/goplugin/internal/version"
)

// A generator answers a request.
type generator func(context.Context, *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error)

// generator returns how a plugin is run: in this process where it is one of ours, at our version; else as buf would
// run it.
func (r *run) generator(p plugin) generator {
	asked := r.version(p)
	name := named(p)
	if name == "protoc-gen-go" {
		return r.protocGenGo(p, asked)
	}
	if generate, ok := ours[name]; ok && (asked == "" || asked == version.Release()) {
		return r.inProcess(generate)
	}
	return r.command(p)
}

// ours are the generators of this project, one for each language.
var ours = map[string]func(*pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorResponse{
	"protoc-gen-goplugin":        gen.Run,
	"protoc-gen-goplugin-python": python.Run,
}

// protocGenGo runs the protoc-gen-go that is built in, or the plugin's command where that has another version. The
// version stands in what it generates.
func (r *run) protocGenGo(p plugin, asked string) generator {
	return func(ctx context.Context, req *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
		resp := compile.RunProtocGenGo(req)
		for _, file := range resp.GetFile() {
			if asked != "" && !strings.Contains(file.GetContent(), "protoc-gen-go "+asked+"\n") {
				return r.command(p)(ctx, req)
			}
		}
		return resp, nil
	}
}

// named returns the name of a plugin's program.
func named(p plugin) string {
	remote, _, _ := strings.Cut(p.Remote, ":")
	switch {
	case remote == "buf.build/protocolbuffers/go":
		return "protoc-gen-go"
	case len(p.Local) == 0:
		return p.Remote
	}
	program, _, _ := strings.Cut(p.Local[len(p.Local)-1], "@")
	return strings.TrimSuffix(path.Base(filepath.ToSlash(program)), ".exe")
}

// version returns the version of a plugin that the configuration asks for; "" where it asks for none.
func (r *run) version(p plugin) string {
	if _, tag, ok := strings.Cut(p.Remote, ":"); ok {
		return tag
	}
	if !slices.Equal(p.Local[:min(2, len(p.Local))], []string{"go", "run"}) {
		return ""
	}
	pkg, asked, _ := strings.Cut(p.Local[len(p.Local)-1], "@")
	switch {
	case asked != "":
		return asked
	case strings.HasPrefix(pkg, "."): // the source tree of a development build
		return version.Devel
	}
	return r.required(pkg)
}

// required returns the version of a package's module that the project's go.mod requires; "" where it cannot be told.
func (r *run) required(pkg string) string {
	data, err := os.ReadFile(filepath.Join(r.dir, "go.mod"))
	if err != nil {
		return ""
	}
	file, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		return ""
	}
	for _, require := range file.Require {
		if strings.HasPrefix(pkg, require.Mod.Path+"/") {
			return require.Mod.Version
		}
	}
	return ""
}

// inProcess runs one of our own generators. A directive file is relative to the project, as for a program that buf runs there.
func (r *run) inProcess(generate func(*pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorResponse) generator {
	return func(_ context.Context, req *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
		const option = "directives="
		parameters := strings.Split(req.GetParameter(), ",")
		for i, parameter := range parameters {
			if file, ok := strings.CutPrefix(parameter, option); ok && file != "" && !filepath.IsAbs(file) {
				parameters[i] = option + filepath.Join(r.dir, file)
			}
		}
		return generate(withParameter(req, strings.Join(parameters, ","))), nil
	}
}

// command runs the program of a plugin as protoc and buf do: the request on its standard input, the response on its
// output.
func (r *run) command(p plugin) generator {
	return func(ctx context.Context, req *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
		if len(p.Local) == 0 {
			return nil, fmt.Errorf("%s: the remote plugin %s needs buf itself: run \"buf generate\", or install the plugin and write \"local:\"", TemplateFile, p.Remote)
		}
		data, err := proto.Marshal(req)
		if err != nil {
			return nil, err
		}
		line := strings.Join(p.Local, " ")
		cmd := exec.CommandContext(ctx, p.Local[0], p.Local[1:]...)
		cmd.Dir, cmd.Stdin = r.dir, bytes.NewReader(data)
		output, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: plugin %q: %w%s", TemplateFile, line, err, stderrOf(err))
		}
		resp := new(pluginpb.CodeGeneratorResponse)
		if err := proto.Unmarshal(output, resp); err != nil {
			return nil, fmt.Errorf("%s: plugin %q: expected a CodeGeneratorResponse on its standard output: %w", TemplateFile, line, err)
		}
		return resp, nil
	}
}

// stderrOf returns what a program that failed wrote to its standard error.
func stderrOf(err error) string {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return "\n" + strings.TrimSpace(string(exit.Stderr))
	}
	return ""
}
