package scaffold

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const foreignProto = "syntax = \"proto3\";\npackage kv.v1;\nimport \"kv/v1/shared.proto\";\nimport \"google/protobuf/empty.proto\";\n" +
	"service KVService { rpc Get(Shared) returns (google.protobuf.Empty); }\n"

var foreignSources = fstest.MapFS{
	"kv/v1/kv.proto":     {Data: []byte(foreignProto)},
	"kv/v1/shared.proto": {Data: []byte("syntax = \"proto3\";\npackage kv.v1;\nmessage Shared {}\n")},
	"kv/v1/bad.proto":    {Data: []byte("syntax = \"proto3\";\nmessage {}\n")},
}

// The API comes with all that it imports, and the plugin's package with a name that is none of Python's.
func TestForeignPluginFiles(t *testing.T) {
	plan, err := ForeignPlugin(t.Context(), ForeignOptions{Name: "json", Language: "python", Sources: foreignSources, Files: []string{"kv/v1/kv.proto"}})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range plan.Files {
		paths = append(paths, f.Path)
		if strings.Contains(string(f.Content), "{{") && strings.HasSuffix(f.Path, ".toml") {
			t.Errorf("%s was not executed", f.Path)
		}
	}
	for _, want := range []string{
		".gitignore", "pyproject.toml", "proto/kv/v1/kv.proto", "proto/kv/v1/shared.proto", "src/json_plugin/__main__.py", "src/json_plugin/plugin.py",
		"src/json_plugin/goplugin/serve.py", "src/json_plugin/goplugin/protocol_pb2.py", "src/json_plugin/sdk/kv/v1/shared_pb2.pyi", "tests/test_plugin.py",
	} {
		if !slices.Contains(paths, want) {
			t.Errorf("no %s among %q", want, paths)
		}
	}
}

func TestForeignPluginMistakes(t *testing.T) {
	for what, test := range map[string]struct {
		options ForeignOptions
		want    string
	}{
		"an unknown language":       {ForeignOptions{Name: "kv", Language: "cobol"}, `language "cobol": expected go or one of python`},
		"a bad name":                {ForeignOptions{Name: "K V", Language: "python"}, "try k-v"},
		"a mistake in the API":      {ForeignOptions{Name: "kv", Language: "python", Sources: foreignSources, Files: []string{"kv/v1/bad.proto"}}, "kv/v1/bad.proto:2:9: "},
		"a service without a proto": {ForeignOptions{Name: "kv", Language: "python", Sources: foreignSources, Files: []string{"kv/v1/none.proto"}}, "kv/v1/none.proto"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := ForeignPlugin(t.Context(), test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}
