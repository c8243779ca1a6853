// greeter is the host: it finds its plugins, calls each and prints what it says.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/goplugin-dev/goplugin/pluginhost"

	"example.com/greeter/sdk/greeterv1"
)

func main() {
	dirs := pluginDirs()
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "Usage: greeter [flags] [NAME]\n\nLets every plugin greet NAME.\n\n")
		flag.PrintDefaults()
	}
	flag.Func("plugin-dir", "look for greeter-* plugins in this directory alone (default "+strings.Join(dirs, " and ")+")", func(dir string) error {
		dirs = []string{dir}
		return nil
	})
	flag.Parse()

	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, dirs, flag.Arg(0))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(1)
	}
}

// run lets every plugin in dirs greet name. A plugin that fails does not keep the others from being called.
func run(ctx context.Context, out io.Writer, dirs []string, name string) error {
	paths, err := discover(dirs)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("no plugin found: expected greeter-* in %s (\"make build\" builds the first)", strings.Join(dirs, " or "))
	}
	var errs []error
	for _, path := range paths {
		greeting, err := greet(ctx, path, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", filepath.Base(path), greeting)
	}
	return errors.Join(errs...)
}

// greet starts the plugin at path, calls it once and ends it.
func greet(ctx context.Context, path, name string) (string, error) {
	plugin, err := pluginhost.Start(ctx, greeterv1.ClientConfig(), exec.Command(path), pluginhost.WithSlog(slog.Default()))
	if err != nil {
		return "", err // names the plugin, and says what to do
	}
	defer func() { _ = plugin.Close(context.WithoutCancel(ctx)) }()

	greeter, err := greeterv1.DispenseGreeter(plugin)
	if err != nil {
		return "", err
	}
	greeting, err := greeter.Greet(ctx, name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return greeting, nil
}

// discover returns the plugins in dirs, in the order of dirs and then of names. What it passes over, such as a file that
// everybody can write, it warns of.
func discover(dirs []string) ([]string, error) {
	var paths []string
	for _, dir := range dirs {
		found, passedOver, err := pluginhost.Discover(dir, "greeter-*")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("look for plugins in %s: %w", dir, err)
		}
		for _, plugin := range found {
			paths = append(paths, plugin.Path)
		}
		for _, plugin := range passedOver {
			slog.Warn("no plugin", "path", plugin.Path, "why", plugin.Why)
		}
	}
	return paths, nil
}

// pluginDirs returns where plugins are looked for by default: where this project builds its own, and where users
// install theirs.
func pluginDirs() []string {
	dirs := []string{filepath.Join("plugins", "bin")}
	if config, err := os.UserConfigDir(); err == nil {
		dirs = append(dirs, filepath.Join(config, "greeter", "plugins"))
	}
	return dirs
}
