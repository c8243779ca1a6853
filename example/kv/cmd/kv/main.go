// kv is the host: it starts a plugin and calls one of its methods, as the command line says.
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

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/pluginhost"

	"example.com/kv/sdk/kvv1"
)

// A service is what a kind of plugin serves.
type service struct {
	name     string
	pattern  string // of the names of the plugins that serve it
	config   func() *plugin.ClientConfig
	commands []command
}

// A command calls one method.
type command struct {
	name, help string
	run        func(context.Context, *call) error
}

func services() []service {
	return []service{
		{"kv", "kv-*", kvv1.ClientConfig, kvCommands()},
	}
}

func main() {
	h := &host{dirs: pluginDirs(), stdin: os.Stdin, stdout: os.Stdout}
	flag.Usage = func() { usage(flag.CommandLine.Output()) }
	flag.StringVar(&h.plugin, "plugin", "", "name of the plugin, if there are several")
	flag.Func("plugin-dir", "look for plugins in this directory alone (default "+strings.Join(h.dirs, " and ")+")", func(dir string) error {
		h.dirs = []string{dir}
		return nil
	})
	flag.Parse()

	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := h.run(ctx, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kv:", err)
		os.Exit(1)
	}
}

func usage(out io.Writer) {
	fmt.Fprint(out, "Usage: kv [flags] SERVICE METHOD [parameters]\n\nCalls a method of a plugin; SERVICE METHOD -h lists its parameters.\n\n")
	for _, s := range services() {
		for _, c := range s.commands {
			fmt.Fprintf(out, "  %s %s\n    \t%s\n", s.name, c.name, c.help)
		}
	}
	fmt.Fprint(out, "\nFlags:\n")
	flag.PrintDefaults()
}

// A host is where plugins are looked for, and which is taken.
type host struct {
	dirs   []string
	plugin string // name of the plugin; empty where there is only one
	stdin  io.Reader
	stdout io.Writer
}

// run calls the method that args name.
func (h *host) run(ctx context.Context, args []string) error {
	for _, s := range services() {
		for _, c := range s.commands {
			if len(args) >= 2 && args[0] == s.name && args[1] == c.name {
				call := newCall(c.name, args[2:], h.stdin, h.stdout, func() (*pluginhost.Plugin, error) { return h.start(ctx, s) })
				defer call.end()
				return c.run(ctx, call)
			}
		}
	}
	usage(os.Stderr)
	return fmt.Errorf("expected a service and a method, found %q", args)
}

// start starts the plugin that serves s.
func (h *host) start(ctx context.Context, s service) (*pluginhost.Plugin, error) {
	path, err := h.find(s.pattern)
	if err != nil {
		return nil, err
	}
	return pluginhost.Start(ctx, s.config(), exec.Command(path), pluginhost.WithSlog(slog.Default()))
}

// find returns the plugin whose name matches a pattern: the one that the user named, or the only one.
func (h *host) find(pattern string) (string, error) {
	var paths []string
	for _, dir := range h.dirs {
		found, passedOver, err := pluginhost.Discover(dir, pattern)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look for plugins in %s: %w", dir, err)
		}
		for _, p := range found {
			name := strings.TrimSuffix(filepath.Base(p.Path), ".exe")
			if h.plugin == "" || name == h.plugin || name == strings.TrimSuffix(pattern, "*")+h.plugin {
				paths = append(paths, p.Path)
			}
		}
		for _, p := range passedOver {
			slog.Warn("no plugin", "path", p.Path, "why", p.Why)
		}
	}
	switch len(paths) {
	case 0:
		return "", fmt.Errorf("no plugin found: expected %s in %s (\"make build\" builds the first)", pattern, strings.Join(h.dirs, " or "))
	case 1:
		return paths[0], nil
	}
	return "", fmt.Errorf("several plugins found: choose one with -plugin: %s", strings.Join(paths, ", "))
}

// pluginDirs returns where plugins are looked for by default: where this project builds its own, and where users
// install theirs.
func pluginDirs() []string {
	dirs := []string{filepath.Join("plugins", "bin")}
	if config, err := os.UserConfigDir(); err == nil {
		dirs = append(dirs, filepath.Join(config, "kv", "plugins"))
	}
	return dirs
}
