package main

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/gen"
	"github.com/goplugin-dev/goplugin/internal/generate"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestBufReadsThePlugin has buf read buf.plugin.yaml as it does before a push: it rejects unknown settings, versions that
// are none and unknown licenses. The push then ends for want of an image, before buf asks any registry.
func TestBufReadsThePlugin(t *testing.T) {
	plugin := readFile(t, filepath.Join(tools.Root(), "buf", "buf.plugin.yaml"))
	noImage := "unable to find a image.tar"
	tests := map[string]struct{ old, new, want string }{
		"as it is":             {"", "", noImage},
		"unknown setting":      {"min_version:", "minimum:", "field minimum not found"},
		"version that is none": {"plugin_version: v", "plugin_version: ", "valid semantic version"},
		"unknown license":      {"Apache-2.0", "Apache-3.0", "unknown SPDX License ID"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			changed := strings.Replace(string(plugin), test.old, test.new, 1)
			if err := os.WriteFile(filepath.Join(dir, "buf.plugin.yaml"), []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := pushPlugin(t, dir); !strings.Contains(got, test.want) {
				t.Errorf("buf said\n%s\nwant %q", got, test.want)
			}
		})
	}
}

// pushPlugin returns why buf does not push the plugin in dir.
func pushPlugin(t *testing.T, dir string) string {
	t.Helper()
	buf, err := tools.Path("buf")
	if err != nil {
		t.Fatal(err)
	}
	push := exec.CommandContext(t.Context(), buf, "beta", "registry", "plugin", "push", dir, "--visibility", "private")
	push.Env = append(os.Environ(), "HOME="+dir, "BUF_TOKEN=")
	output, err := push.CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		t.Fatalf("buf pushed a plugin without an image: %v\n%s", err, output)
	}
	return string(output)
}

// A bufPlugin is what buf.plugin.yaml says of the generated SDKs.
type bufPlugin struct {
	Registry struct {
		Go struct {
			Deps []struct {
				Module  string `yaml:"module"`
				Version string `yaml:"version"`
			} `yaml:"deps"`
		} `yaml:"go"`
		Opts []string `yaml:"opts"`
	} `yaml:"registry"`
	Deps []struct {
		Plugin string `yaml:"plugin"`
	} `yaml:"deps"`
}

func readBufPlugin(t *testing.T) bufPlugin {
	t.Helper()
	var plugin bufPlugin
	if err := yaml.Unmarshal(readFile(t, filepath.Join(tools.Root(), "buf", "buf.plugin.yaml")), &plugin); err != nil {
		t.Fatal(err)
	}
	return plugin
}

// TestBufPluginVersions holds that the registry's SDKs need the versions that the tests of this repository ran with.
func TestBufPluginVersions(t *testing.T) {
	required := map[string]string{}
	for _, r := range goMod(t).Require {
		required[r.Mod.Path] = r.Mod.Version
	}
	plugin := readBufPlugin(t)
	for _, dep := range plugin.Registry.Go.Deps {
		if dep.Version != required[dep.Module] {
			t.Errorf("buf.plugin.yaml requires %s %s, go.mod %q", dep.Module, dep.Version, required[dep.Module])
		}
	}
	if got, want := plugin.Deps[0].Plugin, "buf.build/protocolbuffers/go:"+required["google.golang.org/protobuf"]; got != want {
		t.Errorf("buf.plugin.yaml depends on %s, go.mod on what is %s", got, want)
	}
}

// The Go packages of an SDK of the Buf Schema Registry: each plugin's output is a module of its own.
const (
	sdkMessages = "buf.build/gen/go/acme/kv/protocolbuffers/go"
	sdkGlue     = "buf.build/gen/go/acme/kv/goplugin-dev/go"
)

const sdkProto = `syntax = "proto3";
package kv.v1;
import "google/protobuf/timestamp.proto";
option go_package = "` + sdkMessages + `/kv/v1;kvv1";

// goplugin:error name=ErrNotFound code=NOT_FOUND
service KV {
  rpc Get(GetRequest) returns (GetResponse);
  rpc Watch(WatchRequest) returns (stream GetResponse);
}
// goplugin:host
service Observer { rpc Seen(GetRequest) returns (GetResponse); }

message GetRequest { string key = 1; }
message GetResponse { bytes value = 1; google.protobuf.Timestamp at = 2; }
message WatchRequest {
  uint32 observer = 1; // goplugin:callback Observer
}
`

// TestBufSDK holds that what the registry makes of the options in buf.plugin.yaml compiles, and that the modules which
// buf.plugin.yaml names are all that it needs.
func TestBufSDK(t *testing.T) {
	plugin := readBufPlugin(t)
	req, err := compile.Request(t.Context(), fstest.MapFS{"kv/v1/kv.proto": {Data: []byte(sdkProto)}},
		[]string{"kv/v1/kv.proto"}, "paths=source_relative")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeResponse(t, filepath.Join(dir, "messages"), compile.RunProtocGenGo(req))
	options := strings.Join(plugin.Registry.Opts, ",")
	req.Parameter = &options
	glue := writeResponse(t, filepath.Join(dir, "glue"), gen.Run(req))
	writeSDKModules(t, dir)

	build := exec.CommandContext(t.Context(), "go", "vet", "./...")
	build.Dir, build.Env = filepath.Join(dir, "glue"), append(os.Environ(), "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, output)
	}
	modules := []string{sdkMessages, "google.golang.org/protobuf"}
	for _, dep := range plugin.Registry.Go.Deps {
		modules = append(modules, dep.Module)
	}
	checkImports(t, glue, modules)
}

// writeResponse writes what a generator answered below dir, and returns it.
func writeResponse(t *testing.T, dir string, resp *pluginpb.CodeGeneratorResponse) map[string]string {
	t.Helper()
	files := map[string]string{}
	if err := generate.Add(files, resp); err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("nothing was generated")
	}
	for name, content := range files {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), content)
	}
	return files
}

// writeSDKModules makes modules of the two directories. They require what this repository does, whose checksums are known.
func writeSDKModules(t *testing.T, dir string) {
	t.Helper()
	sums := readFile(t, filepath.Join(tools.Root(), "go.sum"))
	for module, name := range map[string]string{sdkMessages: "messages", sdkGlue: "glue"} {
		mod := goMod(t)
		mod.Cleanup()
		err := errors.Join(mod.AddModuleStmt(module),
			mod.AddRequire(sdkMessages, "v0.0.0"), mod.AddReplace(sdkMessages, "", "../messages", ""))
		if err != nil {
			t.Fatal(err)
		}
		content, err := mod.Format()
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, name, "go.mod"), string(content))
		writeFile(t, filepath.Join(dir, name, "go.sum"), string(sums))
	}
}

func checkImports(t *testing.T, files map[string]string, modules []string) {
	t.Helper()
	for name, content := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && !inOne(path, modules) {
				t.Errorf("%s imports %s, a module that buf.plugin.yaml does not name", name, path)
			}
		}
	}
}

func inOne(path string, modules []string) bool {
	for _, module := range modules {
		if path == module || strings.HasPrefix(path, module+"/") {
			return true
		}
	}
	return false
}

func goMod(t *testing.T) *modfile.File {
	t.Helper()
	mod, err := modfile.Parse("go.mod", readFile(t, filepath.Join(tools.Root(), "go.mod")), nil)
	if err != nil {
		t.Fatal(err)
	}
	return mod
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
