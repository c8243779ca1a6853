package pluginhost

import (
	"context"
	"io"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// slogLevels are slog's levels for hclog's.
var slogLevels = map[hclog.Level]slog.Level{
	hclog.Trace: slog.LevelDebug - 4,
	hclog.Debug: slog.LevelDebug,
	hclog.Info:  slog.LevelInfo,
	hclog.Warn:  slog.LevelWarn,
	hclog.Error: slog.LevelError,
}

// slogLogger returns an hclog.Logger, which go-plugin wants, that logs to a logger of log/slog.
func slogLogger(logger *slog.Logger) hclog.Logger {
	// Its own level decides about its own output alone: the sink gets all.
	intercept := hclog.NewInterceptLogger(&hclog.LoggerOptions{Output: io.Discard, Level: hclog.Error})
	intercept.RegisterSink(slogSink{logger})
	return intercept
}

// A slogSink is a hclog.SinkAdapter.
type slogSink struct{ logger *slog.Logger }

// Accept logs with the hclog name as the attribute "logger".
func (s slogSink) Accept(name string, level hclog.Level, message string, args ...any) {
	at, ok := slogLevels[level]
	if !ok {
		at = slog.LevelInfo
	}
	if name != "" {
		args = append([]any{"logger", name}, args...)
	}
	s.logger.Log(context.Background(), at, message, args...)
}
