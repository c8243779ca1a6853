package gen

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata/golden")

// goldenModule is the Go module that the goldens' go_package options are in.
const goldenModule = "golden.test"

// A golden is a directory of testdata/golden: .proto files, the options and directives that go with them, and what
// must come out.
type golden struct {
	name string
	dir  string
}

func goldenRoot() string { return filepath.Join(tools.Root(), "testdata", "golden") }

// goldens returns all of them, by name.
func goldens(t testing.TB) []golden {
	t.Helper()
	entries, err := os.ReadDir(goldenRoot())
	if err != nil {
		t.Fatal(err)
	}
	var list []golden
	for _, entry := range entries {
		list = append(list, golden{entry.Name(), filepath.Join(goldenRoot(), entry.Name())})
	}
	return list
}

func TestGoldens(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Chdir(goldenRoot()) // directive files are named relative to it
			got := g.output(t, Run(g.request(t)))
			if *update {
				g.write(t, got)
			}
			if diff := cmp.Diff(g.want(t), got); diff != "" {
				t.Errorf("output differs (-want +got); run \"go test ./internal/gen -update\" if it should:\n%s", diff)
			}
		})
	}
}

// TestGoldensThroughProtoc holds that the built-in compiler and protoc lead to the same output.
func TestGoldensThroughProtoc(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Chdir(goldenRoot())
			if diff := cmp.Diff(g.want(t), g.output(t, Run(g.protocRequest(t)))); diff != "" {
				t.Errorf("output through protoc differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFilesOfAPackageOneByOne holds what happens to the files of one Go package in runs of their own: the last run
// writes the shared file, and the compiler points at the comment that says what to do.
func TestFilesOfAPackageOneByOne(t *testing.T) {
	g := golden{"several_files", filepath.Join(goldenRoot(), "several_files")}
	req := g.request(t)
	req.Parameter = nil // file names are then import paths, as typeCheck has it
	req.FileToGenerate = []string{"several_files/in.proto", "several_files/second.proto", "several_files/requests/requests.proto"}
	generated := compile.RunProtocGenGo(req).File
	for i, file := range req.FileToGenerate[:2] {
		req.FileToGenerate = []string{file}
		for _, f := range Run(req).File {
			if i == 1 || path.Base(f.GetName()) != "goplugin.pb.go" {
				generated = append(generated, f)
			}
		}
	}
	err := typeCheck(generated)
	if err == nil || !strings.Contains(err.Error(), "PluginSet{}.First undefined") {
		t.Errorf("got %v, want an error at the assertion about PluginSet", err)
	}
}

// protos returns the paths of the golden's .proto files, relative to goldenRoot.
func (g golden) protos(t testing.TB) []string {
	t.Helper()
	list, err := protosIn(g.dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func protosIn(dir string) ([]string, error) {
	var list []string
	err := filepath.WalkDir(dir, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".proto" {
			return err
		}
		relative, err := filepath.Rel(goldenRoot(), file)
		list = append(list, filepath.ToSlash(relative))
		return err
	})
	return list, err
}

// parameter returns what protoc would pass on: the lines of the file "options", behind module= unless they say paths=.
func (g golden) parameter(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(g.dir, "options"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	options := strings.Fields(string(data))
	if !slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "paths=") }) {
		options = append([]string{"module=" + goldenModule}, options...)
	}
	return strings.Join(options, ",")
}

// request compiles the golden in process, or with protoc where it needs an edition that only protoc knows.
func (g golden) request(t testing.TB) *pluginpb.CodeGeneratorRequest {
	t.Helper()
	if g.needsProtoc(t) {
		return g.protocRequest(t)
	}
	req, err := compile.Request(context.Background(), os.DirFS(goldenRoot()), g.protos(t), g.parameter(t))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func (g golden) needsProtoc(t testing.TB) bool {
	t.Helper()
	for _, file := range g.protos(t) {
		data, err := os.ReadFile(filepath.Join(goldenRoot(), file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), `edition = "2024"`) {
			return true
		}
	}
	return false
}

// protocRequest returns the request that protoc sends for the golden.
func (g golden) protocRequest(t testing.TB) *pluginpb.CodeGeneratorRequest {
	t.Helper()
	set, err := descriptorSet()
	if err != nil {
		t.Fatal(err)
	}
	needed := map[string]bool{}
	for _, file := range g.protos(t) {
		needed[file] = true
	}
	req := &pluginpb.CodeGeneratorRequest{FileToGenerate: g.protos(t), Parameter: proto.String(g.parameter(t))}
	for _, file := range slices.Backward(set.File) { // a file stands behind its imports
		if needed[file.GetName()] {
			req.ProtoFile = append(req.ProtoFile, file)
			for _, imported := range file.Dependency {
				needed[imported] = true
			}
		}
	}
	slices.Reverse(req.ProtoFile)
	return req
}

// descriptorSet returns the files of all goldens as protoc compiles them. One run of protoc does for all.
var descriptorSet = sync.OnceValues(func() (*descriptorpb.FileDescriptorSet, error) {
	protoc, err := tools.Path("protoc")
	if err != nil {
		return nil, err
	}
	protos, err := protosIn(goldenRoot())
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "golden")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left of a test's files does no harm
	file := filepath.Join(dir, "set.pb")
	args := []string{"-I" + goldenRoot(), "--include_imports", "--include_source_info", "--retain_options", "--descriptor_set_out=" + file}
	if output, err := exec.Command(protoc, append(args, protos...)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("protoc: %w\n%s", err, output)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	set := new(descriptorpb.FileDescriptorSet)
	return set, proto.Unmarshal(data, set)
})

// output returns a response as the golden's files: want/... for what is generated, want.err for the error.
func (g golden) output(t testing.TB, resp *pluginpb.CodeGeneratorResponse) map[string]string {
	t.Helper()
	if resp.Error != nil {
		return map[string]string{"want.err": resp.GetError() + "\n"}
	}
	files := map[string]string{}
	for _, file := range resp.File {
		name, ours := strings.CutPrefix(file.GetName(), g.name+"/")
		if !ours {
			t.Errorf("%s is not in %s: its go_package must begin with %s/%s", file.GetName(), g.name, goldenModule, g.name)
		}
		if _, twice := files["want/"+name]; twice {
			t.Errorf("%s is generated twice", name)
		}
		files["want/"+name] = file.GetContent()
	}
	return files
}

// want returns the expected files.
func (g golden) want(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(g.dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(g.dir, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		if name != "want.err" && !strings.HasPrefix(name, "want/") {
			return nil
		}
		data, err := os.ReadFile(file)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// write replaces the expected files.
func (g golden) write(t testing.TB, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(g.dir, "want")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(g.dir, "want.err")); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		writeFile(t, filepath.Join(g.dir, filepath.FromSlash(name)), content)
	}
}

func writeFile(t testing.TB, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
