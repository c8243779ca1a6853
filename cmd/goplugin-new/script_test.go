package main

import (
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
		Setup:               tools.ScriptSetup,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}
