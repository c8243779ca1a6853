// Command soak starts and ends plugins, and lets them crash under load, until a leak would show:
//
//	go run ./bench/cmd/soak
//
// It takes a few minutes and fails if memory, goroutines, files, processes or directories are left. The plugin is this
// program itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/pluginserve"
)

type options struct {
	starts, callers, crashes int
}

func main() {
	if os.Getenv(benchpb.Handshake.MagicCookieKey) != "" {
		pluginserve.Run(benchpb.ServeConfig(benchpb.PluginSet{Greeter: greeter{}, Echo: echo{}}))
		return
	}
	var o options
	flag.IntVar(&o.starts, "starts", 1000, "how often a plugin is started and closed")
	flag.IntVar(&o.callers, "callers", 1000, "how many goroutines call one plugin at a time")
	flag.IntVar(&o.crashes, "crashes", 20, "how often that plugin is killed meanwhile")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	temp, err := os.MkdirTemp("", "soak") // everything of the plugins is below it, so that what is left can be counted
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	if err := os.Setenv("TMPDIR", temp); err != nil {
		return err
	}
	if err := startAndClose(ctx, o.starts, temp, out); err != nil {
		return fmt.Errorf("starts and stops: %w", err)
	}
	if err := crash(ctx, o, temp, out); err != nil {
		return fmt.Errorf("callers across crashes: %w", err)
	}
	return nil
}

// greeter and echo are what the plugin serves.
type (
	greeter struct{}
	echo    struct{}
)

func (greeter) Greet(context.Context) (string, error) { return "Hello!", nil }

func (echo) Echo(_ context.Context, payload []byte) ([]byte, error) { return payload, nil }

// config returns the configuration of the host and the command of the plugin.
func config() (*plugin.ClientConfig, *exec.Cmd, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	config := benchpb.ClientConfig()
	config.Logger = hclog.NewNullLogger()
	return config, exec.Command(binary), nil
}

// greet makes one call.
func greet(ctx context.Context, client interface {
	Client() (plugin.ClientProtocol, error)
}) error {
	remote, err := benchpb.DispenseGreeter(client)
	if err != nil {
		return err
	}
	if greeting, err := remote.Greet(ctx); err != nil || greeting != "Hello!" {
		return errors.Join(err, fmt.Errorf("the plugin answered %q", greeting))
	}
	return nil
}
