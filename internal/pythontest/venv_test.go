package pythontest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// complete is the file that marks a virtual environment whose installation came to its end.
const complete = "complete"

var installing sync.Mutex

// python3 returns the interpreter of a virtual environment that has what a scaffolded project asks for.
func python3(t *testing.T) string {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	project := newProject(t, "venv-python", kvAPI)
	pyproject := project.read(t, "pyproject.toml")
	sum := sha256.Sum256(append(pyproject, []byte(tools.Root())...))
	venv := filepath.Join(tools.Root(), ".cache", "python", hex.EncodeToString(sum[:8]))
	interpreter := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(filepath.Join(venv, complete)); err == nil {
		return interpreter
	}
	if err := os.RemoveAll(venv); err != nil {
		t.Fatal(err)
	}
	run(t, "", "python3", "-c", "import sys; assert sys.version_info >= (3, 11), f'expected Python 3.11 or newer, found {sys.version}'")
	run(t, "", "python3", "-m", "venv", venv)
	run(t, "", interpreter, "-m", "pip", "install", "--quiet", "--no-compile", project.dir+"[dev]", "hatchling")
	run(t, "", interpreter, "-m", "pip", "uninstall", "--quiet", "--yes", project.name) // its projects are in their own directories
	if err := os.WriteFile(filepath.Join(venv, complete), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return interpreter
}

// mypyCache returns the setting by which all projects share what mypy knows of the packages that they import.
func mypyCache() string {
	return "MYPY_CACHE_DIR=" + filepath.Join(tools.Root(), ".cache", "python", "mypy")
}

// run runs a program that must succeed, and returns what it printed.
func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), mypyCache())
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, &output)
	}
	return output.String()
}
