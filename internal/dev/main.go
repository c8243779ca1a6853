// Command dev is what a developer of goplugin runs: the quick start of the README and the tests. It needs Go, git and,
// for the tests, npm; whatever else the tests run it installs below .cache, at pinned versions.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

const usage = `usage: go run ./internal/dev COMMAND

  quickstart  build both commands, create a project, build it and run its host
  test        run every test and check, as CI does
  generate    renew the examples and the generated code that is checked in, except testdata/golden
  tools       install the protoc and buf that the tests run

  release-notes VERSION  print the changelog of a version such as v0.1.0, if all is ready to tag it
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 2 && args[0] == "release-notes" {
		return printReleaseNotes(args[1])
	}
	switch strings.Join(args, " ") {
	case "quickstart":
		return quickstart(ctx)
	case "test":
		return test(ctx)
	case "generate":
		return generateAll(ctx)
	case "tools":
		return tools.Install(ctx)
	case "help", "--help", "-h":
		fmt.Print(usage)
		return nil
	}
	return fmt.Errorf("expected one command, found %q\n%s", args, usage)
}

// command runs a program in dir with its output on ours, after printing it as a person would type it.
func command(ctx context.Context, dir, name string, args ...string) error {
	return commandEnv(ctx, dir, nil, name, args...)
}

// commandEnv is command with variables added to the environment.
func commandEnv(ctx context.Context, dir string, env []string, name string, args ...string) error {
	fmt.Printf("$ %s\n", strings.Join(slices.Concat(env, []string{name}, args), " "))
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
