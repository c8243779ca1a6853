package pluginserve

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// An Option changes what Run does.
type Option func(*settings)

type settings struct {
	shutdown        func(context.Context) error
	shutdownTimeout time.Duration
	outliveHost     bool
}

// OnShutdown has Run call shutdown once before it returns, after the server has stopped: no call starts any more, the
// contexts of those that ran are cancelled, and their gRPC handlers have returned or had half of timeout to do so. The
// context of shutdown ends when timeout has passed since the server stopped. Run does not wait longer, even if shutdown
// does, and logs its error. Go-plugin's hosts kill a plugin 2 s after they asked it to end, so a timeout should be
// shorter.
func OnShutdown(timeout time.Duration, shutdown func(ctx context.Context) error) Option {
	return func(s *settings) { s.shutdown, s.shutdownTimeout = shutdown, timeout }
}

// OutliveHost keeps the plugin running when its host is gone, for hosts that come back with go-plugin's ReattachConfig.
func OutliveHost() Option {
	return func(s *settings) { s.outliveHost = true }
}

// Run serves the plugins of config, and returns when that is over: when the host asked the plugin to end or is gone, at
// SIGTERM, and in debug mode at Ctrl-C. It ends the process with code 1, after a message on stderr, if it cannot serve,
// if no host started it, and if the function of OnShutdown failed. It does not change config.
//
// A GRPCServer of config gets Run's options first and overrules them with its own: its receive limit and its
// credentials win. Without a GRPCServer, plugins that net/rpc cannot serve (they embed plugin.NetRPCUnsupportedPlugin)
// are served over gRPC, where go-plugin would fail.
//
// With config.Test set, a test runs the plugin in its own process: then the receive limit and panics are all that
// Run sees to.
func Run(config *plugin.ServeConfig, options ...Option) {
	if code := run(config, options); code != 0 {
		os.Exit(code)
	}
}

func run(original *plugin.ServeConfig, options []Option) (exitCode int) {
	var s settings
	for _, option := range options {
		option(&s)
	}
	config := clone(original)
	switch {
	case config.Test != nil:
		config.GRPCServer = newServer(config, logger(config))
		plugin.Serve(config)
		return 0
	case config.MagicCookieKey == "" || config.MagicCookieValue == "":
		fmt.Fprintln(os.Stderr, "pluginserve: the ServeConfig has no magic cookie: its HandshakeConfig needs MagicCookieKey and MagicCookieValue, the same as the host's ClientConfig. Please report this to the author of the plugin.")
		return 1
	case startedByHost(config):
		return serveHost(config, s)
	case debugAsked(os.Args):
		return serveDebug(config, s, os.Stdout)
	default:
		explain(os.Stderr, config)
		return 1
	}
}

// clone copies what Run and go-plugin change.
func clone(config *plugin.ServeConfig) *plugin.ServeConfig {
	copied := *config
	copied.VersionedPlugins = maps.Clone(config.VersionedPlugins)
	return &copied
}

// startedByHost reports whether the environment has the magic cookie.
func startedByHost(config *plugin.ServeConfig) bool {
	return config.MagicCookieKey != "" && os.Getenv(config.MagicCookieKey) == config.MagicCookieValue
}

// versions returns the plugin sets of config by protocol version, as go-plugin's server negotiates them.
func versions(config *plugin.ServeConfig) map[int]plugin.PluginSet {
	sets := map[int]plugin.PluginSet{}
	maps.Copy(sets, config.VersionedPlugins)
	if config.Plugins != nil {
		sets[int(config.ProtocolVersion)] = config.Plugins
	}
	return sets
}

// sorted returns the keys of a map in ascending order.
func sorted[K int | string, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// finish waits for the calls that still run, and runs the function of OnShutdown. It returns the exit code.
func (s settings) finish(log hclog.Logger, calls *calls) int {
	if s.shutdown == nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.shutdownTimeout)
	defer cancel()
	half, cancelHalf := context.WithTimeout(ctx, s.shutdownTimeout/2)
	calls.drain(half)
	cancelHalf()
	if err := s.callShutdown(ctx); err != nil {
		log.Error("the plugin's shutdown function failed", "error", err)
		return 1
	}
	return 0
}

// callShutdown does not wait for a function that outlasts its context.
func (s settings) callShutdown(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- s.shutdown(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select { // It may have kept its deadline by a hair.
	case err := <-done:
		return err
	default:
		return fmt.Errorf("still running after %v, its timeout", s.shutdownTimeout)
	}
}
