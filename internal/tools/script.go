package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// ScriptSetup prepares the environment of a testscript: Go with this machine's caches, and protoc and buf.
func ScriptSetup(env *testscript.Env) error {
	output, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOFLAGS", "GOROOT").Output()
	if err != nil {
		return err
	}
	values := strings.Split(string(output), "\n")
	for i, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOFLAGS", "GOROOT"} {
		env.Setenv(name, strings.TrimSpace(values[i]))
	}
	env.Setenv("ROOT", Root())
	temp, err := os.MkdirTemp("", "s") // the one of a script is too deep for a plugin's socket
	if err != nil {
		return err
	}
	env.Defer(func() { _ = os.RemoveAll(temp) })
	env.Setenv("TMPDIR", temp)
	for _, tool := range []string{"protoc", "buf"} {
		path, err := Path(tool)
		if err != nil {
			return err
		}
		env.Setenv("PATH", env.Getenv("PATH")+string(os.PathListSeparator)+filepath.Dir(path))
	}
	return nil
}
