package bufgen

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// projectOf writes a project, given as a txtar archive, and returns its directory.
func projectOf(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	genYAML = `
-- buf.gen.yaml --
version: v2
plugins:
  - local: protoc-gen-goplugin
    out: gen
    opt: module=example.com/kv
`
	kv = `syntax = "proto3";
package kv.v1;
option go_package = "example.com/kv/kvv1";
service KVService { rpc Get(GetRequest) returns (GetResponse); }
message GetRequest { string key = 1; }
message GetResponse { bytes value = 1; }
`
	two = `syntax = "proto3";
package kv.v1;
option go_package = "example.com/kv/kvv1";
service TwoService {}
`
)

// Configurations that give the same as buf, or an error that says why they cannot.
func TestGenerate(t *testing.T) {
	tests := map[string]struct {
		archive string
		want    string // the files, or what is in the error
	}{
		"no buf.yaml":            {genYAML + "-- kv/kv.proto --\n" + kv, "gen/kvv1/goplugin.pb.go gen/kvv1/kv_goplugin.pb.go"},
		"modules":                {genYAML + "-- buf.yaml --\nversion: v2\nmodules: [{path: proto}]\n-- proto/kv.proto --\n" + kv, "gen/kvv1/goplugin.pb.go gen/kvv1/kv_goplugin.pb.go"},
		"excluded":               {genYAML + "-- buf.yaml --\nversion: v2\nmodules: [{path: proto, excludes: [proto/old]}]\n-- proto/kv.proto --\n" + kv + "-- proto/old/two.proto --\n" + two, "gen/kvv1/goplugin.pb.go gen/kvv1/kv_goplugin.pb.go"},
		"included":               {genYAML + "-- buf.yaml --\nversion: v2\nmodules: [{path: proto, includes: [proto/new]}]\n-- proto/kv.proto --\n" + kv + "-- proto/new/two.proto --\n" + two, "gen/kvv1/goplugin.pb.go gen/kvv1/two_goplugin.pb.go"},
		"input":                  {genYAML + "inputs: [{directory: b}]\n-- buf.yaml --\nversion: v2\nmodules: [{path: a}, {path: b}]\n-- a/kv.proto --\n" + kv + "-- b/two.proto --\n" + two, "gen/kvv1/goplugin.pb.go gen/kvv1/two_goplugin.pb.go"},
		"excluded from an input": {genYAML + "inputs: [{directory: ., exclude_paths: [proto/old, proto/two.proto]}]\n-- buf.yaml --\nversion: v2\nmodules: [{path: proto}]\n-- proto/kv.proto --\n" + kv + "import \"two.proto\";\n-- proto/two.proto --\n" + two + "-- proto/old/three.proto --\nno .proto file", "gen/kvv1/goplugin.pb.go gen/kvv1/kv_goplugin.pb.go"},
		"excluded beside":        {genYAML + "inputs: [{directory: ws, exclude_paths: [ws/b/two.proto]}]\n-- ws/buf.yaml --\nversion: v2\nmodules: [{path: b}]\n-- ws/b/two.proto --\n" + two, "no .proto files in"},
		"workspace beside":       {genYAML + "inputs: [{directory: ws}]\n-- ws/buf.yaml --\nversion: v2\nmodules: [{path: b}]\n-- ws/b/two.proto --\n" + two, "gen/kvv1/goplugin.pb.go gen/kvv1/two_goplugin.pb.go"},

		"two directories of a package": {genYAML + "-- a/kv.proto --\n" + kv + "-- b/two.proto --\n" + two, `both make kvv1/goplugin.pb.go: add "strategy: all"`},
		"strategy all":                 {genYAML + "    strategy: all\n-- a/kv.proto --\n" + kv + "-- b/two.proto --\n" + two, "gen/kvv1/goplugin.pb.go gen/kvv1/kv_goplugin.pb.go gen/kvv1/two_goplugin.pb.go"},

		"managed mode":        {"-- buf.gen.yaml --\nversion: v2\nmanaged: {enabled: true}\nplugins:\n  - remote: buf.build/protocolbuffers/go\n    include_imports: true\n    out: .\n", `buf.gen.yaml:2:1: the key "managed" needs buf itself`},
		"key of a plugin":     {"-- buf.gen.yaml --\nversion: v2\nplugins:\n  - remote: buf.build/protocolbuffers/go\n    include_imports: true\n    out: .\n", `buf.gen.yaml:4:5: the key "include_imports" needs buf itself`},
		"version 1":           {"-- buf.gen.yaml --\nversion: v1\n", `version "v1": expected v2; "buf config migrate"`},
		"not YAML":            {"-- buf.gen.yaml --\n\tx\n", "buf.gen.yaml: yaml: found character"},
		"no plugins":          {"-- buf.gen.yaml --\nversion: v2\n", "no plugins: expected protoc-gen-go"},
		"no out":              {"-- buf.gen.yaml --\nversion: v2\nplugins:\n  - local: x\n", "plugin 1 has no out"},
		"no program":          {"-- buf.gen.yaml --\nversion: v2\nplugins:\n  - out: x\n", "plugin 1 has neither local nor remote"},
		"bad strategy":        {genYAML + "    strategy: some\n", `strategy "some": expected directory or all`},
		"git input":           {genYAML + "inputs: [{git_repo: x}]\n", `the key "git_repo" needs buf itself`},
		"missing program":     {"-- buf.gen.yaml --\nversion: v2\nplugins:\n  - local: protoc-gen-absent\n    out: .\n-- kv.proto --\n" + kv, `plugin "protoc-gen-absent": exec`},
		"remote program":      {"-- buf.gen.yaml --\nversion: v2\nplugins:\n  - remote: buf.build/grpc/go\n    out: .\n-- kv.proto --\n" + kv, "remote plugin buf.build/grpc/go needs buf itself"},
		"no .proto files":     {genYAML, "no .proto files in"},
		"mistake in a .proto": {genYAML + "-- kv/kv.proto --\nsyntax = \"proto3\";\nmessage {}\n", filepath.FromSlash("kv/kv.proto:2:9: syntax error")},
		"mistake in a directive": {genYAML + "-- kv/kv.proto --\n" + strings.Replace(kv, "service", "// goplugin:servce\nservice", 1),
			filepath.FromSlash("kv/kv.proto:4:4: unknown directive")},
		"imports that buf fetches": {genYAML + "-- buf.yaml --\nversion: v2\ndeps: [buf.build/a/b]\n-- kv.proto --\n" + kv + "import \"absent.proto\";\n",
			"kv.proto:7:8: open absent.proto: file does not exist (only buf can fetch the deps of buf.yaml, buf.build/a/b: run \"buf generate\")"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := projectOf(t, test.archive)
			output, err := Generate(t.Context(), dir, nil)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = strings.Join(slices.Sorted(maps.Keys(output.Files)), " ")
			}
			if (err == nil && got != test.want) || (err != nil && !strings.Contains(got, test.want)) {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// header is how a generated file begins.
func header(by string, sources ...string) string {
	text := "// Code generated by " + by + ". DO NOT EDIT.\n"
	for _, s := range sources {
		text += "// source: " + s + "\n"
	}
	return text + "\npackage kvv1\n"
}

// What earlier runs left is found; what others generated or wrote is not touched.
func TestStale(t *testing.T) {
	dir := projectOf(t, genYAML+"-- buf.yaml --\nversion: v2\nmodules: [{path: proto}]\n-- proto/kv.proto --\n"+kv+
		"-- other/there.proto --\n"+
		"-- inside/buf.gen.yaml --\nversion: v2\nplugins: [{local: x, out: src}]\n-- inside/gone.proto --\n"+
		"-- inside/src/goplugin.pb.go --\n"+header("protoc-gen-goplugin", "gone.proto")+
		"-- outside/buf.gen.yaml --\nversion: v2\nplugins: [{local: x, out: ../gen}]\n-- outside/theirs.proto --\n"+
		"-- gen/kvv1/theirs_goplugin.pb.go --\n"+header("protoc-gen-goplugin", "theirs.proto")+
		"-- gen/kvv1/gone.pb.go --\n"+header("protoc-gen-go", "gone.proto")+
		"-- gen/kvv1/gone_goplugin.pb.go --\n"+header("protoc-gen-goplugin", "gone.proto")+
		"-- gen/gonev1/goplugin.pb.go --\n"+header("protoc-gen-goplugin", "gone.proto", "also/gone.proto")+
		"-- gen/kvv1/was_goplugin.pb.go --\n"+header("protoc-gen-goplugin", "kv.proto")+
		"-- elsewhere/kvv1/goplugin.pb.go --\n"+header("protoc-gen-goplugin", "kv.proto")+
		"-- gen/kvv1/there_goplugin.pb.go --\n"+header("protoc-gen-goplugin", "there.proto")+
		"-- gen/kvv1/gone_grpc.pb.go --\n"+header("protoc-gen-go-grpc", "gone.proto")+
		"-- gen/kvv1/mine.pb.go --\npackage kvv1\n// Code generated by protoc-gen-go. DO NOT EDIT.\n// source: gone.proto\n"+
		"-- third/gone.pb.go --\n"+header("protoc-gen-go", "gone.proto")+
		"-- module/go.mod --\nmodule other\n"+
		"-- module/goplugin.pb.go --\n"+header("protoc-gen-goplugin", "gone.proto")+
		"-- testdata/goplugin.pb.go --\n"+header("protoc-gen-goplugin", "gone.proto")+
		"-- .cache/goplugin.pb.go --\n"+header("protoc-gen-goplugin", "gone.proto"))
	output, err := Generate(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"gen/gonev1/goplugin.pb.go", "gen/kvv1/gone.pb.go", "gen/kvv1/gone_goplugin.pb.go", "gen/kvv1/was_goplugin.pb.go"}
	if !slices.Equal(output.Stale, want) {
		t.Errorf("got %q, want %q", output.Stale, want)
	}
}

// What a plugin is called and which version is asked for, in each way to write it.
func TestNamed(t *testing.T) {
	dir := projectOf(t, "-- go.mod --\nmodule example.com/kv\n\ngo 1.26.0\n\nrequire google.golang.org/protobuf v1.36.12\n")
	for name, test := range map[string]struct {
		plugin        plugin
		want, version string
	}{
		"on the PATH":   {plugin{Local: list{"protoc-gen-go"}}, "protoc-gen-go", ""},
		"a path":        {plugin{Local: list{"./bin/protoc-gen-goplugin.exe"}}, "protoc-gen-goplugin", ""},
		"of go.mod":     {plugin{Local: list{"go", "run", "google.golang.org/protobuf/cmd/protoc-gen-go"}}, "protoc-gen-go", "v1.36.12"},
		"of no module":  {plugin{Local: list{"go", "run", "example.org/x/cmd/protoc-gen-go"}}, "protoc-gen-go", ""},
		"a release":     {plugin{Local: list{"go", "run", "example.org/x/cmd/protoc-gen-goplugin@v0.3.0"}}, "protoc-gen-goplugin", "v0.3.0"},
		"a source tree": {plugin{Local: list{"go", "run", "-C", "/src", "./cmd/protoc-gen-goplugin"}}, "protoc-gen-goplugin", "(devel)"},
		"remote":        {plugin{Remote: "buf.build/protocolbuffers/go"}, "protoc-gen-go", ""},
		"remote, fixed": {plugin{Remote: "buf.build/protocolbuffers/go:v1.36.11"}, "protoc-gen-go", "v1.36.11"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &run{dir: dir}
			if got := named(test.plugin); got != test.want {
				t.Errorf("named %q, want %q", got, test.want)
			}
			if got := r.version(test.plugin); got != test.version {
				t.Errorf("version %q, want %q", got, test.version)
			}
		})
	}
}
