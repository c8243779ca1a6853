package scaffold

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// A download is a module in Go's module cache, as "go mod download -json" tells it.
type download struct {
	Path, Version string
	Dir           string
	Sum, GoModSum string // of go.sum
	Error         string
}

// downloadModule lets the go command fetch a module, outside of every module and workspace, which would matter. The
// version may be "latest".
func downloadModule(ctx context.Context, path, version string) (download, error) {
	dir, err := os.MkdirTemp("", "goplugin-new-*")
	if err != nil {
		return download{}, err
	}
	defer os.RemoveAll(dir)
	output, err := goCommand(ctx, dir, "mod", "download", "-json", path+"@"+version)
	var found download
	if jsonErr := json.Unmarshal(output, &found); jsonErr == nil && found.Error != "" {
		err = errors.New(found.Error)
	}
	return found, err
}

// goCommand runs the go command and returns its standard output, also where it fails.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr, cmd.Env = dir, &stderr, append(os.Environ(), "GOWORK=off")
	output, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("the go command is not on the PATH: it downloads modules: %w", err)
	}
	if err != nil {
		return output, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return output, nil
}
