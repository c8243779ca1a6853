package interop

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/types/pluginpb"
)

// userPath is the module path of testdata/user.
const userPath = "example.com/user"

// A userModule is a copy of testdata/user: the module of somebody who uses goplugin.
type userModule struct {
	dir string
}

func newUserModule(t *testing.T) userModule {
	t.Helper()
	m := userModule{t.TempDir()}
	if err := os.CopyFS(m.dir, os.DirFS("testdata/user")); err != nil {
		t.Fatal(err)
	}
	return m
}

// write writes what a code generator answered.
func (m userModule) write(t *testing.T, files []*pluginpb.CodeGeneratorResponse_File) {
	t.Helper()
	for _, file := range files {
		name := filepath.Join(m.dir, filepath.FromSlash(file.GetName()))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(file.GetContent()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// goCommand runs the go command in the module, without its go.mod being changed on the way.
func (m userModule) goCommand(t *testing.T, args ...string) output {
	t.Helper()
	return command{dir: m.dir, env: []string{"GOWORK=off"}, args: append([]string{"go"}, args...)}.run(t)
}

// build builds a main package, of the module or of one that it requires, and returns the program.
func (m userModule) build(t *testing.T, pkg string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), path.Base(pkg))
	m.goCommand(t, "build", "-o", program, pkg)
	return program
}
