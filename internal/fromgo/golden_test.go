package fromgo

import (
	"errors"
	"flag"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

const (
	hazardRoot   = "testdata/hazards"
	hazardModule = "hazard.test" // that the packages there are in
)

// hazards returns the directories of hazardRoot. Each has a Go package with an interface Store.
func hazards(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(hazardRoot)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

// TestGoldens holds what comes out for each hazard, and that it is true: the .proto files compile, the code generated
// from them compiles, buf finds nothing to change, and the original interface is assignable exactly where Convert says.
func TestGoldens(t *testing.T) {
	module := newHazardModule(t)
	results := map[string]*Result{}
	for _, name := range hazards(t) {
		t.Run(name, func(t *testing.T) {
			result, err := Convert(t.Context(), optionsOf(module, name))
			if err != nil {
				t.Fatal(err)
			}
			results[name] = result
			compareGolden(t, filepath.Join(hazardRoot, name, "want.proto"), result.Proto)
			compareGolden(t, filepath.Join(hazardRoot, name, "want.problems"), textOf(result))
			module.generate(t, name, result.Proto)
		})
	}
	if t.Failed() {
		return
	}
	t.Run("buf", module.checkWithBuf)
	pkgs := module.load(t)
	for name, result := range results {
		t.Run(name, func(t *testing.T) {
			original := pkgs.named(t, hazardModule+"/"+name, "Store")
			generated := pkgs.named(t, goPackageOf(name), "Store")
			if got := types.AssignableTo(original, generated); got != result.Interfaces[0].Assignable {
				t.Errorf("Convert says assignable=%t, the compiler says %t", result.Interfaces[0].Assignable, got)
			}
		})
	}
}

func optionsOf(module hazardDir, name string) Options {
	return Options{
		Dir: filepath.Join(module.dir, name), Interfaces: []Target{{Pattern: ".", Type: "Store"}},
		ProtoPackage: name + ".v1", GoPackage: goPackageOf(name),
	}
}

func goPackageOf(name string) string {
	return hazardModule + "/gen/" + strings.ReplaceAll(name, "_", "") + "v1"
}

func textOf(r *Result) string {
	var b strings.Builder
	for _, p := range r.Problems {
		b.WriteString(string(p.Kind) + ": " + p.String() + "\n")
	}
	return b.String()
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		writeFile(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); run \"go test ./internal/fromgo -update\" if it should:\n%s", file, diff)
	}
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
