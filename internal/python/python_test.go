package python

import (
	"context"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/goplugin-dev/goplugin/internal/compile"
)

var update = flag.Bool("update", false, "rewrite testdata/want")

// load reads .proto files.
func load(t *testing.T, sources fs.FS, files ...string) (*API, error) {
	t.Helper()
	req, err := compile.Request(context.Background(), sources, files, "")
	if err != nil {
		t.Fatal(err)
	}
	return Load(req)
}

// TestGolden holds what is generated, and the first version of a plugin, for an API with one of everything.
func TestGolden(t *testing.T) {
	api, err := load(t, os.DirFS("testdata"), "api/v1/api.proto")
	if err != nil {
		t.Fatal(err)
	}
	got, err := api.Files()
	if err != nil {
		t.Fatal(err)
	}
	if got["plugin.py"], err = api.Skeleton(); err != nil {
		t.Fatal(err)
	}
	const want = "testdata/want"
	if *update {
		writeTree(t, want, got)
	}
	if diff := cmp.Diff(readTree(t, want), got); diff != "" {
		t.Errorf("output differs (-want +got); run \"go test ./internal/python -update\" if it should:\n%s", diff)
	}
}

func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(os.DirFS(dir), name)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Mistakes are errors that say where and what to do.
func TestMistakes(t *testing.T) {
	for what, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"two files that become one module": {
			map[string]string{"a/b-c.proto": "syntax = \"proto3\";\n", "a/b_c.proto": "syntax = \"proto3\";\n"},
			"another file becomes the Python module a/b_c_pb2, too",
		},
	} {
		t.Run(what, func(t *testing.T) {
			sources := fstest.MapFS{}
			for name, text := range test.files {
				sources[name] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := load(t, sources, slices.Sorted(maps.Keys(test.files))...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	for parameter, want := range map[string]string{
		"style=loud": "option style=loud: expected auto, flat or message",
		"color=blue": `unknown option "color": the Python generator takes style and directives`,
	} {
		req, err := compile.Request(t.Context(), os.DirFS("testdata"), []string{"api/v1/shared.proto"}, parameter)
		if err != nil {
			t.Fatal(err)
		}
		if resp := Run(req); resp.GetError() != want {
			t.Errorf("%s: got %q, want %q", parameter, resp.GetError(), want)
		}
	}
}

func TestNames(t *testing.T) {
	for goName, want := range map[string]string{"Get": "get", "GetHTTPStatus": "get_http_status", "DoA": "do_a", "Get2": "get2", "List_": "list_"} {
		if got := snake(goName); got != want {
			t.Errorf("snake(%s): got %s, want %s", goName, got, want)
		}
	}
	for name, want := range map[string]string{"y-z_pb2": "y_z_pb2", "lambda": "lambda_", "2fa": "_2fa", "": "_", "__mangled": "_mangled", "__init__": "__init__", "ok": "ok"} {
		if got := identifier(name); got != want {
			t.Errorf("identifier(%s): got %s, want %s", name, got, want)
		}
	}
	for goName, want := range map[string]string{"ErrNotFound": "NotFoundError", "Torn": "TornError", "ErrReadError": "ReadError"} {
		if got := errorName(goName); got != want {
			t.Errorf("errorName(%s): got %s, want %s", goName, got, want)
		}
	}
	for code, want := range map[string]string{"NotFound": "NOT_FOUND", "Canceled": "CANCELLED", "DataLoss": "DATA_LOSS"} {
		if got := codeName(code); got != want {
			t.Errorf("codeName(%s): got %s, want %s", code, got, want)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, test := range []struct {
		from, to []string
		want     string
	}{
		{[]string{"sdk", "a", "v1"}, []string{"sdk", "a", "v1"}, "."},
		{[]string{"sdk", "a", "v1"}, []string{"sdk", "a", "v2"}, "..v2"},
		{[]string{"sdk", "a", "v1"}, nil, "...."},
		{nil, []string{"sdk", "a"}, ".sdk.a"},
	} {
		if got := relative(test.from, test.to); got != test.want {
			t.Errorf("from %q to %q: got %s, want %s", test.from, test.to, got, test.want)
		}
	}
}
