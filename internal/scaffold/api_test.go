package scaffold

import (
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestHazards makes projects of .proto files that could break what is written against the generator's output, and vets
// all of them at once.
func TestHazards(t *testing.T) {
	root := t.TempDir()
	for _, hazard := range []string{
		"callbacks", "empty_service", "go_package_context", "imported_go_packages", "keywords", "message_like_interface",
		"names_in_any_case", "parameters", "several_proto_packages", "several_services", "streams",
	} {
		if plan := hazardProject(t, hazard); plan != nil {
			if _, err := plan.Apply(t.Context(), filepath.Join(root, hazard)); err != nil {
				t.Errorf("%s: %v", hazard, err)
			}
		}
	}
	mod, err := New(t.Context(), Options{Name: "all", Module: "example.com/all"})
	if err != nil {
		t.Fatal(err)
	}
	mod.Files = slices.DeleteFunc(mod.Files, func(f File) bool { return !isModuleFile(f) })
	if _, err := mod.Apply(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	vet := exec.Command("go", "vet", "./...")
	vet.Dir = root
	if output, err := vet.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, output)
	}
}

// hazardProject returns the plan of a project for a hazard, without a module of its own.
func hazardProject(t *testing.T, hazard string) *Plan {
	t.Helper()
	golden := filepath.Join(tools.Root(), "testdata", "golden")
	files, err := filepath.Glob(filepath.Join(golden, hazard, "*.proto"))
	if err != nil {
		t.Fatal(err)
	}
	api, err := FindAPI(files, []string{golden, filepath.Join(golden, hazard)})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := New(t.Context(), Options{Name: "x", Module: "example.com/all/" + path.Base(hazard), API: api})
	if err != nil {
		t.Errorf("%s: %v", hazard, err)
		return nil
	}
	plan.Files = slices.DeleteFunc(plan.Files, isModuleFile)
	return plan
}

func isModuleFile(f File) bool { return strings.HasPrefix(f.Path, "go.") }

// Mistakes are reported where the user has the file.
func TestAdoptMistakes(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, map[string]string{
		"api/bad.proto":     "syntax = \"proto3\";\nmessage {}\n",
		"api/imports.proto": "syntax = \"proto3\";\nimport \"bad.proto\";\n",
		"api/absent.proto":  "syntax = \"proto3\";\nimport \"is/not/there.proto\";\n",
		"api/none.proto":    "syntax = \"proto3\";\nmessage M {}\n",
		"api/oneof.proto":   "syntax = \"proto3\";\nservice S {\n  // goplugin:method style=flat\n  rpc Do(M) returns (M);\n}\nmessage M { oneof o { int32 a = 1; } }\n",
	})
	api := filepath.Join(dir, "api")
	for name, test := range map[string]struct {
		file string
		dirs []string
		want string
	}{
		"syntax":             {"bad.proto", nil, filepath.Join(api, "bad.proto") + ":2:9: syntax error"},
		"in an import":       {"imports.proto", nil, filepath.Join(api, "bad.proto") + ":2:9: syntax error"},
		"import not there":   {"absent.proto", nil, filepath.Join(api, "absent.proto") + ":2:8: open is/not/there.proto: file does not exist"},
		"no service":         {"none.proto", nil, "none.proto: expected a service, found none that a plugin can serve"},
		"of the generator":   {"oneof.proto", nil, filepath.Join(api, "oneof.proto") + ":4:3: the request M has a oneof"},
		"no such file":       {"gone.proto", nil, "gone.proto: "},
		"outside the search": {"none.proto", []string{t.TempDir()}, "is in none of the directories that are searched for imports"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := FindAPI([]string{filepath.Join(api, test.file)}, test.dirs)
			if err == nil {
				_, err = New(t.Context(), Options{Name: "x", API: found})
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

// The Go package of a proto package.
func TestGoPackageName(t *testing.T) {
	taken := map[string]string{"kvv1": "acme.kv.v1"}
	for pkg, want := range map[string]string{
		"other.kv.v1":    "otherkvv1",
		"kv.v2":          "kvv2",
		"kv.v1beta1":     "kvv1beta1",
		"my_app.v1":      "myappv1",
		"kv":             "kv",
		"":               "mykvpb",
		"proto":          "mykvpb",
		"acme.plugin":    "acmeplugin",
		"v1":             "v1",
		"Upper":          "upper",
		"go":             "mykvpb",
		"kv.test":        "mykvpb",
		"company.string": "companystring",
	} {
		if got := goPackageName(pkg, "my_kv", taken); got != want {
			t.Errorf("%q: got %s, want %s", pkg, got, want)
		}
	}
	if got := goPackageName("kv.v1", "my_kv", taken); got != "mykvpb" {
		t.Errorf("a taken name was given again: %s", got)
	}
}

func TestKebab(t *testing.T) {
	for name, want := range map[string]string{
		"Get": "get", "GetAll": "get-all", "userID": "user-id", "HTTPServer": "http-server", "iter_": "iter", "V2Beta": "v2-beta",
	} {
		if got := kebab(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestLowerFirst(t *testing.T) {
	for name, want := range map[string]string{"KV": "kv", "Kv": "kv", "AddHelper": "addHelper", "HTTPServer": "httpServer", "GRPCv2": "grpCv2", "X": "x"} {
		if got := lowerFirst(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
