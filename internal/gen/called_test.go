package gen

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	_ "go.uber.org/goleak" // so that go.mod has all that testdata/called imports
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestGoldensCompileAndAnswer puts all goldens into one module of their own, vets it, and calls every method of every
// service over gRPC: testdata/called holds the calls.
func TestGoldensCompileAndAnswer(t *testing.T) {
	module := t.TempDir()
	writeModule(t, module)
	var registry []registration
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) { registry = append(registry, g.writeTo(t, module)...) })
	}
	writeRegistry(t, module, registry)
	goCommand(t, module, "vet", "-race", "./...")                    // with -race, so that the test finds everything compiled
	goCommand(t, module, "vet", "-tags=protoopaque", "./api_hybrid") // the tag makes its messages opaque
	goCommand(t, module, "test", "-race", "./calls", "-rapid.checks=20", "-rapid.nofailfile")
}

// goCommand runs the go command in the goldens' module, which has all it needs in the module cache of this one.
func goCommand(t *testing.T, module string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}

// writeModule writes the module's go.mod, with the versions of ours, and the test's own packages.
func writeModule(t *testing.T, module string) {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(tools.Root(), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, requirements, _ := strings.Cut(string(mod), "\n")
	writeFile(t, filepath.Join(module, "go.mod"), "module "+goldenModule+"\n"+requirements)
	sum, err := os.ReadFile(filepath.Join(tools.Root(), "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(module, "go.sum"), string(sum))
	for _, dir := range []string{"recorder", "calls"} {
		if err := os.CopyFS(filepath.Join(module, dir), os.DirFS(filepath.Join("testdata", "called", dir))); err != nil {
			t.Fatal(err)
		}
	}
}

// A registration is a generated function that returns services, and the Go package it is in.
type registration struct {
	importPath, function string
}

// writeTo writes what protoc-gen-go and protoc-gen-goplugin make of a golden, and implementations of its services.
func (g golden) writeTo(t *testing.T, module string) []registration {
	t.Chdir(goldenRoot())
	req := g.request(t)
	if Run(req).Error != nil {
		return nil // TestGoldens compares the error
	}
	for name, content := range g.want(t) {
		content := []byte(content)
		formatted, err := format.Source(content)
		if err != nil || !bytes.Equal(content, formatted) {
			t.Errorf("%s is not as gofmt has it (%v)", name, err)
		}
		writeFile(t, filepath.Join(module, g.name, strings.TrimPrefix(name, "want/")), string(content))
	}
	messages := compile.RunProtocGenGo(protocGenGoRequest(req))
	if messages.Error != nil {
		t.Fatalf("protoc-gen-go: %s", messages.GetError())
	}
	for _, file := range messages.File {
		writeFile(t, filepath.Join(module, file.GetName()), file.GetContent())
	}
	return g.writeImplementations(t, module, req)
}

// protocGenGoRequest returns a request without the parameters that only protoc-gen-goplugin takes.
func protocGenGoRequest(req *pluginpb.CodeGeneratorRequest) *pluginpb.CodeGeneratorRequest {
	var kept []string
	for parameter := range strings.SplitSeq(req.GetParameter(), ",") {
		name, _, _ := strings.Cut(parameter, "=")
		if !slices.Contains([]string{"style", "transport", "package_suffix", "directives"}, name) {
			kept = append(kept, parameter)
		}
	}
	clone := proto.Clone(req).(*pluginpb.CodeGeneratorRequest)
	clone.Parameter = proto.String(strings.Join(kept, ","))
	return clone
}

// model returns the model that a request leads to.
func model(t *testing.T, req *pluginpb.CodeGeneratorRequest) []*Package {
	t.Helper()
	options := Options{Style: StyleAuto}
	plugin, err := protogen.Options{ParamFunc: options.set}.New(req)
	if err != nil {
		t.Fatal(err)
	}
	packages, err := Build(plugin, options)
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

func (g golden) writeImplementations(t *testing.T, module string, req *pluginpb.CodeGeneratorRequest) []registration {
	t.Helper()
	implementation := template.Must(template.ParseFiles(filepath.Join(tools.Root(), "internal", "gen", "testdata", "called", "implementation.go.tmpl")))
	var list []registration
	for _, pkg := range model(t, req) {
		for i, file := range pkg.Files {
			var text bytes.Buffer
			data := struct {
				*File
				Imports []Import
				Index   int
			}{file, importsOfSignatures(file), i}
			if err := implementation.Execute(&text, data); err != nil {
				t.Fatal(err)
			}
			name := strings.TrimPrefix(file.Filename, goldenModule+"/")
			writeFile(t, filepath.Join(module, strings.TrimSuffix(name, ".pb.go")+"_golden.go"), text.String())
			list = append(list, registration{pkg.ImportPath, fmt.Sprintf("GoldenServices%d", i)})
		}
	}
	return list
}

// importsOfSignatures returns the imports that the signatures and messages of a file need, each with its name.
func importsOfSignatures(file *File) []Import {
	var text strings.Builder
	for _, service := range file.Services {
		for _, m := range service.Methods {
			text.WriteString(m.Signature + " " + m.Request.Type + " " + m.Response.Type + "\n")
		}
	}
	var list []Import
	for _, i := range file.Imports {
		if i.Name == "" {
			i.Name = path.Base(i.Path)
		}
		if regexp.MustCompile(`\b` + i.Name + `\.`).MatchString(text.String()) {
			list = append(list, i)
		}
	}
	return list
}

// writeRegistry writes the function of package calls that returns all services.
func writeRegistry(t *testing.T, module string, list []registration) {
	t.Helper()
	var imports, calls strings.Builder
	names := map[string]string{}
	for _, r := range list {
		if names[r.importPath] == "" {
			names[r.importPath] = fmt.Sprintf("package%d", len(names))
			fmt.Fprintf(&imports, "\t%s %q\n", names[r.importPath], r.importPath)
		}
		fmt.Fprintf(&calls, "\tlist = append(list, %s.%s()...)\n", names[r.importPath], r.function)
	}
	writeFile(t, filepath.Join(module, "calls", "services_test.go"),
		"package calls\n\nimport (\n"+imports.String()+"\t\"golden.test/recorder\"\n)\n\nfunc services() []recorder.Service {\n"+
			"\tvar list []recorder.Service\n"+calls.String()+"\treturn list\n}\n")
}
