// goplugin-new creates programs with plugins on HashiCorp's go-plugin.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"

	"github.com/goplugin-dev/goplugin/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Terminal: isTerminal(os.Stdin),
		Screen:   isTerminal(os.Stderr) && os.Getenv("TERM") != "dumb" && os.Getenv("ACCESSIBLE") == "",
	})
	stop()
	os.Exit(code)
}

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()) }
