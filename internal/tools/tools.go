// Package tools installs the protoc and buf that the tests run, at the versions of package.json. Users of goplugin
// need neither.
package tools

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// manifest pins the versions. Both tools are native binaries in npm packages.
//
//go:embed package.json
var manifest []byte

// Path returns the file of an installed tool, "protoc" or "buf". The error of a missing one says how to install it.
func Path(name string) (string, error) {
	path := filepath.Join(dir(), "node_modules", ".bin", name)
	if runtime.GOOS == "windows" {
		path += ".cmd"
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not installed: run \"go run ./internal/dev tools\" (%w)", name, err)
	}
	return path, nil
}

// Install installs the tools into the checkout's cache directory, unless they are there.
func Install(ctx context.Context) error {
	installed := true
	for _, name := range []string{"protoc", "buf"} {
		if _, err := Path(name); err != nil {
			installed = false
		}
	}
	if installed {
		return nil
	}
	if err := os.MkdirAll(dir(), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir(), "package.json"), manifest, 0o644); err != nil {
		return err
	}
	npm := exec.CommandContext(ctx, "npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = dir()
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w\n%s", err, output)
	}
	return nil
}

// Root returns the directory of this checkout.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

func dir() string { return filepath.Join(Root(), ".cache", "tools") }
