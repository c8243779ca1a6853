package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

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
