package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// sdkOf writes a module with a generated package, which has a service, in each of the directories.
func sdkOf(t *testing.T, files string, dirs ...string) string {
	t.Helper()
	root := t.TempDir()
	archive := txtar.Parse([]byte(files))
	generated, err := filepath.Glob(filepath.Join(tools.Root(), "testdata", "golden", "callbacks", "want", "*.pb.go"))
	if err != nil || len(generated) == 0 {
		t.Fatalf("no golden: %v", err)
	}
	for _, dir := range dirs {
		for _, path := range generated {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			archive.Files = append(archive.Files, txtar.File{Name: dir + "/" + filepath.Base(path), Data: text})
		}
	}
	for _, file := range archive.Files {
		path := filepath.Join(root, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const module2 = "-- go.mod --\nmodule example.com/sdk/v2\n"

// TestChooseOfSDK holds which package of an SDK a plugin is for.
func TestChooseOfSDK(t *testing.T) {
	for name, tt := range map[string]struct {
		files      string
		dirs       []string
		pkg        string
		want, fail string
	}{
		"the only one, in the root": {files: module2, dirs: []string{"."}, want: "example.com/sdk/v2"},
		"not what nobody else can import": {files: module2, dirs: []string{"a", "internal/b", "c/internal/d", "vendor/e", "testdata/f", "_g", ".h"},
			want: "example.com/sdk/v2/a"},
		"not what is another module": {files: module2 + "-- other/go.mod --\nmodule example.com/other\n", dirs: []string{"a", "other/b"}, want: "example.com/sdk/v2/a"},
		"several":                    {files: module2, dirs: []string{"a", "b"}, fail: "choose one with --package: example.com/sdk/v2/a, example.com/sdk/v2/b"},
		"several of a name":          {files: module2, dirs: []string{"a", "b"}, pkg: "callbacks", fail: "2 Go packages are called callbacks: choose one with --package, by its import path"},
		"by its path":                {files: module2, dirs: []string{"a", "b"}, pkg: "example.com/sdk/v2/b", want: "example.com/sdk/v2/b"},
		"none":                       {files: module2 + "-- a.pb.go --\npackage a\n", fail: "expected *.pb.go files that protoc-gen-goplugin generated, which declare what plugins implement; found none among 1 *.pb.go"},
		"none to import":             {files: module2, dirs: []string{"internal/a"}, fail: "found none among 0"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := findSDK(t.Context(), sdkOf(t, tt.files, tt.dirs...))
			if err != nil {
				t.Fatal(err)
			}
			if found.Path != "example.com/sdk/v2" || found.Version != "v2.0.0" {
				t.Errorf("the module is %s %s", found.Path, found.Version)
			}
			pkg, err := found.choose(tt.pkg)
			switch {
			case tt.fail == "" && (err != nil || pkg.ImportPath != tt.want):
				t.Errorf("got %v, %v, expected %s", pkg, err, tt.want)
			case tt.fail != "" && (err == nil || !strings.Contains(err.Error(), tt.fail)):
				t.Errorf("got %v, expected %q", err, tt.fail)
			}
		})
	}
}

// TestFindSDK holds what cannot be an SDK, without asking anybody for it.
func TestFindSDK(t *testing.T) {
	for given, want := range map[string]string{
		"./absent":                    "--sdk ./absent: expected the directory of a Go module",
		"..":                          "--sdk ..: its go.mod names no module",
		"https://example.com/sdk":     "expected the path of a Go module, such as github.com/you/greeter, or a directory",
		"greeter v1":                  "expected the path of a Go module",
		sdkOf(t, "-- a --\n"):         "expected the directory of a Go module",
		sdkOf(t, "-- go.mod --\nx\n"): "its go.mod names no module",
	} {
		t.Run(given, func(t *testing.T) {
			t.Chdir(sdkOf(t, "-- x/y --\n"))
			if err := os.WriteFile("go.mod", nil, 0o644); err != nil {
				t.Fatal(err)
			}
			t.Chdir("x")
			if _, err := findSDK(t.Context(), given); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, expected %q", err, want)
			}
		})
	}
}

// TestSDKAPI holds where the .proto files of an SDK are found.
func TestSDKAPI(t *testing.T) {
	proto, err := os.ReadFile(filepath.Join(tools.Root(), "testdata", "golden", "callbacks", "in.proto"))
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&sdkModule{Path: "example.com/sdk", Dir: sdkOf(t, "", "a")}).choose("")
	if err != nil || len(pkg.Sources) != 1 {
		t.Fatalf("%v, %v", pkg, err)
	}
	source := pkg.Sources[0]
	dir := sdkOf(t, module2+"-- api/proto/"+source+" --\n"+string(proto)+"-- third_party/copy/of/"+source+" --\n", "sdk")
	api, err := SDKAPI(t.Context(), dir, "")
	if err != nil || len(api.Files) != 1 || api.Files[0] != source {
		t.Fatalf("got %+v, %v, expected %s", api, err, source)
	}
	if _, err := api.Sources.Open(source); err != nil {
		t.Error(err)
	}
	if _, err := SDKAPI(t.Context(), sdkOf(t, module2, "sdk"), ""); err == nil || !strings.Contains(err.Error(), "expected the file "+source) {
		t.Errorf("without .proto files: %v", err)
	}
}
