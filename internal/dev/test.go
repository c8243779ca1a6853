package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// test runs every check, the quick ones first. It goes on after a failure, so that one run shows all.
func test(ctx context.Context) error {
	installed := make(chan error, 1)
	go func() { installed <- tools.Install(ctx) }() // which waits for the network; only the tests need them
	checks := []struct {
		name string
		run  func(context.Context) error
	}{
		{"gofmt", gofmt},
		{"go.mod and go.sum are tidy", goCommand("mod", "tidy", "-diff")},
		{"vet", goCommand("vet", "./...")},
		{"the programs of a release", buildReleased},
		{"the runtime on Windows", crossVet("windows", "amd64")},
		{"the runtime on macOS", crossVet("darwin", "arm64")},
		{"staticcheck", goCommand("tool", "-modfile=tools/go.mod", "staticcheck", "./...")},
		{"actionlint", actionlint},
		{"protoc and buf", func(context.Context) error { return <-installed }},
		{"test", func(ctx context.Context) error { return goTest(ctx, tools.Root(), "-vet=off", "-race", "./...") }},
		{"test example/container", container},
		{"test the examples of goplugin-new", testExamples},
	}
	var errs []error
	for _, check := range checks {
		fmt.Printf("== %s\n", check.name)
		start := time.Now()
		err := check.run(ctx)
		fmt.Printf("-- %s: %.0f s\n", check.name, time.Since(start).Seconds())
		if err != nil {
			fmt.Printf("-- failed: %v\n", err)
			errs = append(errs, fmt.Errorf("%s: %w", check.name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Printf("== %d checks passed\n", len(checks))
	return nil
}

// goTest runs go test without debug information in what it and the tests build, which takes a fifth of their time.
func goTest(ctx context.Context, dir string, args ...string) error {
	flags, err := exec.CommandContext(ctx, "go", "env", "GOFLAGS").Output()
	if err != nil {
		return fmt.Errorf("go env GOFLAGS: %w", err)
	}
	env := []string{"GOFLAGS=" + strings.TrimSpace(string(flags)) + " -ldflags=-w"}
	return commandEnv(ctx, dir, env, "go", append([]string{"test"}, args...)...)
}

func goCommand(args ...string) func(context.Context) error {
	return func(ctx context.Context) error { return command(ctx, tools.Root(), "go", args...) }
}

// actionlint checks the workflows. It leaves out the linters of scripts that it would run if the machine had them.
func actionlint(ctx context.Context) error {
	return command(ctx, tools.Root(), "go", "tool", "-modfile=tools/go.mod", "actionlint", "-shellcheck=", "-pyflakes=")
}

// crossVet vets the packages of the runtime for another system, whose processes and sockets they treat in its own way.
// With -trimpath and the same architecture, what the programs of a release have compiled serves it, too.
func crossVet(goos, goarch string) func(context.Context) error {
	return func(ctx context.Context) error {
		env := []string{"GOOS=" + goos, "GOARCH=" + goarch, "CGO_ENABLED=0"}
		return commandEnv(ctx, tools.Root(), env, "go", "vet", "-trimpath", "./pluginhost/...", "./pluginserve/...")
	}
}

// container tests the example that is a module of its own.
func container(ctx context.Context) error {
	dir := filepath.Join(tools.Root(), "example", "container")
	for _, args := range [][]string{{"mod", "tidy", "-diff"}, {"vet", "./..."}, {"test", "./..."}} {
		if err := command(ctx, dir, "go", args...); err != nil {
			return fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
		}
	}
	return nil
}

// gofmt lists the Go files of the checkout that gofmt would change.
func gofmt(ctx context.Context) error {
	files := exec.CommandContext(ctx, "git", "ls-files", "--cached", "--others", "--exclude-standard", "*.go")
	files.Dir = tools.Root()
	list, err := files.Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	cmd := exec.CommandContext(ctx, "gofmt", append([]string{"-l"}, strings.Fields(string(list))...)...)
	cmd.Dir = tools.Root()
	unformatted, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("gofmt: %w\n%s", err, unformatted)
	}
	if len(bytes.TrimSpace(unformatted)) > 0 {
		return fmt.Errorf("gofmt would change:\n%s", unformatted)
	}
	return nil
}
