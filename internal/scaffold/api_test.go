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
		"../../internal/scaffold/testdata/hazards/host_names", "../../internal/scaffold/testdata/hazards/imported_names",
		"../../internal/scaffold/testdata/hazards/package_cycles", "../../internal/scaffold/testdata/hazards/same_file_names",
	} {
		if plan := hazardProject(t, hazard); plan != nil {
			if _, err := plan.Apply(t.Context(), filepath.Join(root, path.Base(hazard))); err != nil {
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
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d .proto files: %v", len(files), err)
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
		"import not there":   {"absent.proto", nil, filepath.Join(api, "absent.proto") + ":2:8: open is/not/there.proto: file does not exist (searched " + api + ", .: name the directory above it with --proto-path"},
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

// What one host declares and takes from the command line has one name each.
func TestHostNames(t *testing.T) {
	plan := hazardProject(t, "../../internal/scaffold/testdata/hazards/host_names")
	for file, want := range map[string][]string{
		"cmd/x/twice.go":                 {`{"get-url", `, `{"get-url2", `, `(c, "user-id")`, `(c, "user-id2")`},
		"cmd/x/outer.go":                 {"func outerInnerDo(", "func outerCommands2("},
		"cmd/x/outerinner.go":            {"func outerInnerDo2("},
		"cmd/x/callbackevents.go":        {"Publish("},
		"cmd/x/new.go":                   {"func newCall2("},
		"plugins/first/undertest.go":     {"type under_Test struct"},
		"plugins/first/init.go":          {"type initImpl struct"},
		"plugins/first/callservice.go":   {"type callImpl struct"},
		"plugins/first/callimpl.go":      {"type callImpl2 struct"},
		"cmd/x/callbackeventsservice.go": {"func callbackEventsWatch("},
		"plugins/first/main_test.go":     {"func TestMainService("},
	} {
		i := slices.IndexFunc(plan.Files, func(f File) bool { return f.Path == file })
		if i < 0 {
			t.Errorf("%s is missing", file)
			continue
		}
		for _, text := range want {
			if !strings.Contains(string(plan.Files[i].Content), text) {
				t.Errorf("%s: expected %s, found\n%s", file, text, plan.Files[i].Content)
			}
		}
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
