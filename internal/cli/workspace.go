package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// inWorkspace reports whether dir, which need not exist, is below a go.work that the go command follows.
func inWorkspace(ctx context.Context, dir string) bool {
	existing, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for _, err = os.Stat(existing); err != nil && existing != filepath.Dir(existing); _, err = os.Stat(existing) {
		existing = filepath.Dir(existing)
	}
	env := exec.CommandContext(ctx, "go", "env", "GOWORK")
	env.Dir = existing
	output, err := env.Output()
	file := strings.TrimSpace(string(output))
	return err == nil && file != "" && file != "off"
}
