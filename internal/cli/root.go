// Package cli is the command line of goplugin-new: one file for each command, with its options and a function that
// runs it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/version"
)

// The exit codes of goplugin-new.
const (
	exitOK      = 0
	exitFailure = 1 // what was asked for failed
	exitUsage   = 2 // the command line was wrong
)

// Streams are the standard streams of the process.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Terminal bool // whether a person answers on In, and is asked on Err
	Screen   bool // whether Err can be drawn on; else questions are lines
}

// Main runs goplugin-new with the arguments behind its name and returns its exit code.
func Main(ctx context.Context, args []string, streams Streams) int {
	stdout, stderr := streams.Out, streams.Err
	root := rootCommand(streams)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, "goplugin-new:", err)
	if failure := (failure{}); errors.As(err, &failure) {
		return exitFailure
	}
	fmt.Fprintln(stderr, "Run \"goplugin-new --help\" for usage.")
	return exitUsage
}

// rootCommand returns the whole command line. Without a command it creates a project.
func rootCommand(streams Streams) *cobra.Command {
	stdout := streams.Out
	root := newCommand(streams)
	root.Version = version.Release()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetVersionTemplate(versionText())
	root.AddCommand(
		addCommand(stdout),
		generateCommand(stdout),
		pluginCommand(stdout),
		inspectCommand(stdout),
		callCommand(streams),
		completionCommand(root, stdout),
		manCommand(root),
	)
	return root
}

// A failure is an error of what a command does, not of how it was called.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// runE adapts a command's function to cobra.
func runE(run func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := run(cmd.Context(), args); err != nil {
			return failure{err}
		}
		return nil
	}
}

// versionText is what --version prints.
func versionText() string { return "goplugin-new " + version.Release() + "\n" }
