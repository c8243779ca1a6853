package pluginhost

import (
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// An Option changes how Start starts a plugin.
type Option func(*settings)

// WithLogger logs to a logger instead of the configuration's: what the plugin writes, each line at its level, and what
// go-plugin and this package have to say.
func WithLogger(logger hclog.Logger) Option {
	return func(s *settings) { s.config.Logger = logger }
}

// WithSlog is WithLogger for a logger of log/slog. What hclog calls Trace has the level slog.LevelDebug-4.
func WithSlog(logger *slog.Logger) Option {
	return func(s *settings) { s.config.Logger = slogLogger(logger) }
}

// WithoutTLS connects without TLS where the configuration asks for none, on every system. The default on Windows, where
// go-plugin's plugins listen on TCP, is as if the configuration had AutoMTLS; a plugin that does not know it then fails to
// start with ProtocolMismatch. Elsewhere this is the default: the socket is in a private directory.
func WithoutTLS() Option {
	return func(s *settings) { s.plain = true }
}

// WithHostEnv gives the plugin these variables of the host's environment and no others; without names, none at all. The
// default is all of them, or none if the configuration has SkipHostEnv. The Env of the command comes to the plugin in any
// case, and wins over the host's; the variables of go-plugin win over both.
func WithHostEnv(names ...string) Option {
	return func(s *settings) { s.env = envPolicy{names: names} }
}
