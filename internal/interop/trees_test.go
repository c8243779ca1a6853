package interop

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/descriptorpb"
)

// A tree is all .proto files with services in a public module, as its authors wrote them.
type tree struct {
	name     string // of the subtest and of the directory that is written
	module   string
	includes []include // where its files and their imports are, besides the module's root
	want     figures   // pinned like the tree, so that nothing is lost unseen
}

// trees lists users of go-plugin first.
func trees() []tree {
	googleapis := include{module: "github.com/grpc-ecosystem/grpc-gateway", dir: "third_party/googleapis"}
	return []tree{
		{name: "go-plugin", module: goPlugin, want: figures{7, 9, 18, 5}},
		{name: "vault", module: "github.com/hashicorp/vault/sdk", want: figures{5, 9, 50, 0}, includes: []include{{as: "sdk"}}},
		{name: "terraform", module: "github.com/hashicorp/terraform-plugin-go", want: figures{2, 3, 68, 7}},
		{name: "grafana", module: "github.com/grafana/grafana-plugin-sdk-go", want: figures{1, 6, 11, 3}},
		{name: "tflint", module: "github.com/terraform-linters/tflint-plugin-sdk", want: figures{1, 2, 18, 0}},
		{name: "velero", module: "github.com/vmware-tanzu/velero", want: figures{9, 9, 33, 2}, includes: []include{{dir: "pkg/plugin/proto"}}},
		{name: "jaeger", module: "github.com/jaegertracing/jaeger", want: figures{2, 8, 13, 4}, includes: []include{
			{module: "github.com/jaegertracing/jaeger-idl", dir: "proto/api_v2"},
			{module: "github.com/gogo/protobuf"},
		}},
		{name: "consul", module: "github.com/hashicorp/consul/proto-public", want: figures{6, 6, 16, 3}},
		{name: "csi", module: "github.com/container-storage-interface/spec", want: figures{1, 5, 36, 2}},
		{name: "containerd", module: "github.com/containerd/containerd/api", want: figures{19, 20, 133, 8}, includes: []include{googleapis}},
		{name: "etcd", module: "go.etcd.io/etcd/api/v3", want: figures{1, 6, 42, 4}, includes: []include{
			{as: "etcd/api"},
			googleapis,
			{module: "github.com/grpc-ecosystem/grpc-gateway/v2"},
		}},
		{name: "grpc", module: "google.golang.org/grpc", want: figures{5, 5, 9, 3}},
	}
}

// TestTreesOfOthers generates, builds and vets what others wrote, without a change to it or a directive.
func TestTreesOfOthers(t *testing.T) {
	m := newUserModule(t)
	for _, tree := range trees() {
		t.Run(tree.name, func(t *testing.T) {
			t.Parallel()
			version, start := pinOf(t, tree.module).version, time.Now()
			imports := newSearchPath(t, tree.module, tree.includes)
			downloaded := time.Since(start)
			got, importPaths := tree.generate(t, m, imports)
			if got != tree.want {
				t.Errorf("%s %s: generated %+v, expected %+v", tree.module, version, got, tree.want)
			}
			packages := "./" + tree.name + "/..."
			checkImports(t, m, packages, importPaths)
			m.goCommand(t, "build", packages)
			m.goCommand(t, "vet", packages)
			t.Logf("%s %s: %d files, %d services, %d rpcs, %d of them streams; %.1f s, of which download %.1f s",
				tree.module, version, got.files, got.services, got.rpcs, got.streams, time.Since(start).Seconds(), downloaded.Seconds())
		})
	}
}

// generate runs the generators for one directory after the other, because files of several may declare the same name.
// It returns what it generated and the import paths of the packages that it wrote.
func (tr tree) generate(t *testing.T, m userModule, imports searchPath) (figures, []string) {
	t.Helper()
	var total figures
	var importPaths []string
	for _, files := range byDirectory(filesWithServices(t, download(t, tr.module), imports)) {
		part, paths := source{files: files, imports: imports, importPath: tr.importPath}.generate(t, m)
		total.add(part)
		importPaths = append(importPaths, paths...)
	}
	slices.Sort(importPaths)
	return total, slices.Compact(importPaths)
}

// checkImports fails the test unless a pattern matches just the packages that were written, and these import nothing
// but what generated code may.
func checkImports(t *testing.T, m userModule, pattern string, written []string) {
	t.Helper()
	var found []string
	for line := range strings.Lines(m.goCommand(t, "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, pattern).stdout) {
		fields := strings.Fields(line)
		found = append(found, fields[0])
		for _, imported := range fields[1:] {
			if !mayImport(imported) {
				t.Errorf("%s imports %s, which generated code may not", fields[0], imported)
			}
		}
	}
	if !slices.Equal(found, written) {
		t.Errorf("go list %s: found %v, expected %v", pattern, found, written)
	}
}

// mayImport reports whether the import path is of the standard library, go-plugin, gRPC, protobuf or the user.
func mayImport(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".") ||
		slices.ContainsFunc([]string{goPlugin, "google.golang.org/grpc", "google.golang.org/protobuf", userPath}, func(module string) bool {
			return importPath == module || strings.HasPrefix(importPath, module+"/")
		})
}

// importPath maps a file into the user's module. It keeps the Go package's name and gives each directory its own.
func (tr tree) importPath(file *descriptorpb.FileDescriptorProto) string {
	dir := strings.ReplaceAll(path.Dir(file.GetName()), "/", "_")
	goPackage, name, named := strings.Cut(file.GetOptions().GetGoPackage(), ";")
	importPath := path.Join(userPath, tr.name, dir, path.Base(goPackage))
	if named {
		importPath += ";" + name
	}
	return importPath
}

var serviceStatement = regexp.MustCompile(`(?m)^\s*service\s+\w+\s*\{`)

// filesWithServices returns the .proto files below a directory that declare services, as imports name them.
func filesWithServices(t *testing.T, dir string, imports searchPath) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".proto" {
			return err
		}
		text, err := os.ReadFile(file)
		if err == nil && serviceStatement.Match(text) {
			files = append(files, imports.nameOf(file))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// byDirectory groups files by the directory that holds them.
func byDirectory(files []string) [][]string {
	slices.SortStableFunc(files, func(a, b string) int { return strings.Compare(path.Dir(a), path.Dir(b)) })
	var groups [][]string
	for i, file := range files {
		if i == 0 || path.Dir(file) != path.Dir(files[i-1]) {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], file)
	}
	return groups
}
