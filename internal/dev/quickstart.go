package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// quickstart does what the README promises: from a clone to a plugin's greeting.
func quickstart(ctx context.Context) error {
	exe := ""
	if runtime.GOOS == "windows" {
		exe = ".exe"
	}
	bin := filepath.Join(tools.Root(), ".cache", "bin")
	if err := command(ctx, tools.Root(), "go", "build", "-o", bin+string(filepath.Separator), "./cmd/..."); err != nil {
		return err
	}
	parent := filepath.Join(tools.Root(), ".cache", "quickstart")
	if err := os.RemoveAll(parent); err != nil {
		return err
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	if err := command(ctx, parent, filepath.Join(bin, "goplugin-new"+exe), "greeter"); err != nil {
		return err
	}
	project := filepath.Join(parent, "greeter")
	for _, args := range [][]string{
		{"go", "build", "-o", "plugins/bin/greeter-english" + exe, "./plugins/english"},
		{"go", "build", "-o", "bin/greeter" + exe, "./cmd/greeter"},
		{filepath.Join(project, "bin", "greeter"+exe)},
	} {
		if err := command(ctx, project, args[0], args[1:]...); err != nil {
			return err
		}
	}
	return nil
}
