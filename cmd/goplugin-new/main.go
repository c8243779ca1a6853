// goplugin-new creates programs with plugins on HashiCorp's go-plugin.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/goplugin-dev/goplugin/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
