package fromgo

import (
	"context"
	"errors"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kinds is a package with everything that Type can name.
const kinds = `package kinds

import "context"

type (
	Generic[T any] interface{ Get() T }
	Alias[T any]   = interface{ Get() T }
	Number  interface{ ~int | ~float64 }
	Mixed   interface{ ~int; String() string }
	Empty   interface{}
	Struct  struct{}
	Func    func()
	Carried interface{ Get(context.Context) error }
	Nothing interface {
		A(f []func())
		B(c complex64)
	}
)

var Variable Carried
`

// newKindsModule returns options for an interface that is converted. Beside it are packages that cannot be.
func newKindsModule(t *testing.T) Options {
	t.Helper()
	module := newHazardModule(t)
	for name, text := range map[string]string{
		"kinds":    kinds,
		"broken":   "package broken\n\ntype Store interface { Get() Missing }\n",
		"syntax":   "package syntax\n\ntype Store interface {\n",
		"importer": "package importer\n\nimport \"hazard.test/broken\"\n\ntype Store interface { Get() broken.Store }\n",
		"none":     "package none\n",
	} {
		writeFile(t, filepath.Join(module.dir, name, name+".go"), text)
	}
	return Options{Dir: module.dir, Interfaces: []Target{{Pattern: "./kinds", Type: "Carried"}}, ProtoPackage: "kinds.v1", GoPackage: "hazard.test/gen/kindsv1"}
}

func TestConvertErrors(t *testing.T) {
	sound := newKindsModule(t)
	for name, test := range map[string]struct {
		change func(*Options)
		want   []string
	}{
		"no such package":       {func(o *Options) { o.Interfaces[0].Pattern = "./nosuch" }, []string{`found none for "./nosuch"`}},
		"no pattern":            {func(o *Options) { o.Interfaces[0].Pattern = "" }, []string{"expected a Go package"}},
		"several packages":      {func(o *Options) { o.Interfaces[0].Pattern = "./..." }, []string{"expected one Go package, found"}},
		"no such name":          {func(o *Options) { o.Interfaces[0].Type = "KV" }, []string{"expected the interface KV", "Carried, Empty"}},
		"a variable":            {func(o *Options) { o.Interfaces[0].Type = "Variable" }, []string{"expected the interface Variable", "Carried"}},
		"no interface at all":   {func(o *Options) { o.Interfaces[0].Pattern = "./none" }, []string{"declares no interfaces"}},
		"a struct":              {func(o *Options) { o.Interfaces[0].Type = "Struct" }, []string{"kinds/kinds.go:11:2: expected an interface, but Struct is a struct"}},
		"a func":                {func(o *Options) { o.Interfaces[0].Type = "Func" }, []string{"but Func is a func"}},
		"type parameters":       {func(o *Options) { o.Interfaces[0].Type = "Generic" }, []string{"kinds/kinds.go:6:2: the interface Generic has type parameters"}},
		"an alias with them":    {func(o *Options) { o.Interfaces[0].Type = "Alias" }, []string{"the interface Alias has type parameters"}},
		"a union":               {func(o *Options) { o.Interfaces[0].Type = "Number" }, []string{"the interface Number is a constraint"}},
		"a union with methods":  {func(o *Options) { o.Interfaces[0].Type = "Mixed" }, []string{"the interface Mixed is a constraint"}},
		"no methods":            {func(o *Options) { o.Interfaces[0].Type = "Empty" }, []string{"has no methods"}},
		"nothing carried":       {func(o *Options) { o.Interfaces[0].Type = "Nothing" }, []string{"nothing of the interface Nothing can be carried", "kinds/kinds.go:15:5: method A", "kinds/kinds.go:16:5: method B"}},
		"a type error":          {func(o *Options) { o.Interfaces[0] = Target{"./broken", "Store"} }, []string{"does not compile", "broken.go:3:30: undefined: Missing"}},
		"a syntax error":        {func(o *Options) { o.Interfaces[0] = Target{"./syntax", "Store"} }, []string{"does not compile", "syntax.go:3:"}},
		"an error in an import": {func(o *Options) { o.Interfaces[0] = Target{"./importer", "Store"} }, []string{"does not compile", "broken.go:3:30"}},
		"proto package":         {func(o *Options) { o.ProtoPackage = "kv-v1" }, []string{`expected a proto package such as kv.v1, found "kv-v1"`}},
		"go package":            {func(o *Options) { o.GoPackage = "" }, []string{"expected the import path"}},
		"nothing asked for":     {func(o *Options) { o.Interfaces = nil }, []string{"expected a Go interface"}},
		"the second of two":     {func(o *Options) { o.Interfaces = append(o.Interfaces, Target{"./none", "KV"}) }, []string{"expected the interface KV in the package hazard.test/none"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := sound
			o.Interfaces = slices.Clone(o.Interfaces)
			test.change(&o)
			result, err := Convert(t.Context(), o)
			if err == nil {
				t.Fatalf("no error, but:\n%s", result.Proto)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestConvertCanceled(t *testing.T) {
	sound := newKindsModule(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Convert(ctx, sound); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want one that is context.Canceled", err)
	}
}

// TestSeveralInterfaces holds that interfaces of several packages become services of one file, which share what they use.
func TestSeveralInterfaces(t *testing.T) {
	module := newHazardModule(t)
	o := Options{Dir: module.dir, ProtoPackage: "several.v1", GoPackage: hazardModule + "/gen/severalv1"}
	for _, target := range []string{"./kv.Store", "./callbacks.Store", "./callbacks.AddHelper", "./as_it_is.Store"} {
		parsed, err := ParseTarget(target)
		if err != nil {
			t.Fatal(err)
		}
		o.Interfaces = append(o.Interfaces, parsed)
	}
	result, err := Convert(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	module.generate(t, "several", result.Proto)
	pkgs := module.load(t)
	for i, want := range []struct{ path, name, generated string }{
		{"/kv", "Store", "Store"}, {"/callbacks", "Store", "StoreAPI"}, {"/callbacks", "AddHelper", "AddHelper"}, {"/as_it_is", "Store", "StoreAPI2"},
	} {
		got := result.Interfaces[i]
		if got.Path != hazardModule+want.path || got.Generated != want.generated || got.ModuleDir != module.dir {
			t.Errorf("got %+v, want %+v of the module in %s", got, want, module.dir)
		}
		original := pkgs.named(t, got.Path, want.name)
		generated := pkgs.named(t, o.GoPackage, got.Generated)
		if assignable := types.AssignableTo(original, generated); assignable != got.Assignable {
			t.Errorf("Convert says %+v, the compiler says assignable=%t", got, assignable)
		}
		if assignable := types.AssignableTo(generated, original); assignable != (got.Assignable && got.Complete) {
			t.Errorf("Convert says %+v, the compiler says assignable=%t the other way", got, assignable)
		}
	}
}

func TestParseTarget(t *testing.T) {
	for target, want := range map[string]Target{
		"./store.KV":                           {"./store", "KV"},
		"example.com/app/store.v2.KV":          {"example.com/app/store.v2", "KV"},
		"github.com/hashicorp/go-hclog.Logger": {"github.com/hashicorp/go-hclog", "Logger"},
		"io.Reader":                            {"io", "Reader"},
		".KV":                                  {".", "KV"},
		"./.KV":                                {"./.", "KV"},
		"../.KV":                               {"../.", "KV"},
		"..KV":                                 {".", "KV"},
		"/abs/dir.Größe":                       {"/abs/dir", "Größe"},
	} {
		if got, err := ParseTarget(target); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", target, got, err, want)
		}
	}
	for _, target := range []string{"", "KV", "./store", "./store.", "./v1.2/store", "store.KV[int]", "example.com/app"} {
		if got, err := ParseTarget(target); err == nil {
			t.Errorf("%q is %q, want an error", target, got)
		}
	}
}
