package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"goplugin-new": main})
}

// TestScripts runs the command as users do; each script is one behaviour.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Setup:               setup,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"publish": publish},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// setup also says where the .proto files of go-plugin's examples are.
func setup(env *testscript.Env) error {
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/hashicorp/go-plugin")
	list.Dir = tools.Root()
	dir, err := list.Output()
	if err != nil {
		return err
	}
	env.Setenv("GOPLUGIN", strings.TrimSpace(string(dir)))
	return tools.ScriptSetup(env)
}

// publish makes a directory a version of a Go module and serves it: "publish DIR MODULE". The version is made from the
// content, because the module cache of this machine keeps it; $PUBLISHED is the module with it.
func publish(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: publish DIR MODULE")
	}
	var archive bytes.Buffer
	dir := ts.MkAbs(args[0])
	version := "v0.1.0"
	if _, major, _ := module.SplitPathVersion(args[1]); major != "" {
		version = module.PathMajorPrefix(major) + ".1.0"
	}
	ts.Check(zip.CreateFromDir(&archive, module.Version{Path: args[1], Version: version}, dir))
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	ts.Check(err)
	version = fmt.Sprintf("%s-%x", version, sha256.Sum256(archive.Bytes()))[:24]
	archive.Reset()
	ts.Check(zip.CreateFromDir(&archive, module.Version{Path: args[1], Version: version}, dir))

	served := filepath.Join(ts.Getenv("WORK"), ".proxy", filepath.FromSlash(args[1]), "@v")
	ts.Check(os.MkdirAll(served, 0o755))
	for name, content := range map[string]string{
		"list": version + "\n", version + ".info": fmt.Sprintf("{%q:%q}", "Version", version), version + ".mod": string(mod), version + ".zip": archive.String(),
	} {
		ts.Check(os.WriteFile(filepath.Join(served, name), []byte(content), 0o644))
	}
	ts.Setenv("GOPROXY", "file://"+filepath.ToSlash(filepath.Join(ts.Getenv("WORK"), ".proxy"))+","+ts.Getenv("GOPROXY"))
	ts.Setenv("GONOSUMDB", ts.Getenv("GONOSUMDB")+","+args[1])
	ts.Setenv("PUBLISHED", args[1]+"@"+version)
}
