package scaffold

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/compile"
)

// Files come into few Go packages, but never into ones that import each other, or where two would write one file.
func TestGoPackages(t *testing.T) {
	for hazard, test := range map[string]struct {
		file string
		want map[string]string
	}{
		"package_cycles": {"a.proto", map[string]string{
			"a.proto": "a", "a_types.proto": "a", "b.proto": "a", "b_types.proto": "a", // nothing meets in one
			"c.proto": "c", "c_types.proto": "ctypes", "d.proto": "d", "d_types.proto": "dtypes", // Params would
		}},
		"same_file_names": {"main.proto", map[string]string{
			"main.proto": "same", "x/api.proto": "x", "y/api.proto": "y", "y/other.proto": "y",
		}},
	} {
		t.Run(hazard, func(t *testing.T) {
			req, err := compile.Request(t.Context(), os.DirFS(filepath.Join("testdata", "hazards", hazard)), []string{test.file}, "")
			if err != nil {
				t.Fatal(err)
			}
			p := &project{Module: "example.com/x", Names: Names{ProtoBase: "x"}}
			options, err := p.goPackages(req.GetProtoFile(), req)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, option := range options {
				file, importPath, _ := strings.Cut(strings.TrimPrefix(option, "M"), "=")
				got[file] = importPath[strings.LastIndex(importPath, ";")+1:]
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("got %v\nwant %v", slices.Sorted(slices.Values(options)), test.want)
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
		"acme.2fa":       "acme2fa",
		"acme.user-api":  "userapi",
	} {
		if got := goPackageName(pkg, "my_kv", taken); got != want {
			t.Errorf("%q: got %s, want %s", pkg, got, want)
		}
	}
	if got := goPackageName("kv.v1", "my_kv", taken); got != "mykvpb" {
		t.Errorf("a taken name was given again: %s", got)
	}
}
