package pluginserve

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// logger returns the logger of config, or one that writes to stderr: what go-plugin's hosts read if one started this
// process, and text for people otherwise.
func logger(config *plugin.ServeConfig) hclog.Logger {
	if config.Logger != nil {
		return config.Logger
	}
	return hclog.New(&hclog.LoggerOptions{
		Level:      hclog.Trace, // The host knows which levels it wants.
		Output:     os.Stderr,
		JSONFormat: startedByHost(config),
	})
}

// LogHandler returns a handler for the plugin's slog.Logger, so that a record reaches the host's log with its level and
// its attributes, those of groups as "group.key". Levels below slog.LevelDebug are hclog's Trace.
//
// It logs to config.Logger if there is one, and otherwise to stderr at all levels: in the JSON of hclog, which hosts
// read, if a host started the process, or else as text. Call it before Run, which leads os.Stderr elsewhere.
func LogHandler(config *plugin.ServeConfig) slog.Handler {
	return logHandler{log: logger(config)}
}

// A logHandler logs to hclog, whose JSON go-plugin's host parses.
type logHandler struct {
	log    hclog.Logger
	prefix string // of the groups that are open
}

func (h logHandler) Enabled(_ context.Context, level slog.Level) bool {
	least := h.log.GetLevel()
	return least != hclog.Off && hclogLevel(level) >= least
}

func (h logHandler) Handle(_ context.Context, record slog.Record) error {
	args := make([]any, 0, 2*record.NumAttrs())
	record.Attrs(func(attr slog.Attr) bool {
		args = appendAttr(args, h.prefix, attr)
		return true
	})
	h.log.Log(hclogLevel(record.Level), record.Message, args...)
	return nil
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var args []any
	for _, attr := range attrs {
		args = appendAttr(args, h.prefix, attr)
	}
	return logHandler{log: h.log.With(args...), prefix: h.prefix}
}

func (h logHandler) WithGroup(name string) slog.Handler {
	if name != "" {
		h.prefix += name + "."
	}
	return h
}

func hclogLevel(level slog.Level) hclog.Level {
	switch {
	case level < slog.LevelDebug:
		return hclog.Trace
	case level < slog.LevelInfo:
		return hclog.Debug
	case level < slog.LevelWarn:
		return hclog.Info
	case level < slog.LevelError:
		return hclog.Warn
	default:
		return hclog.Error
	}
}

// appendAttr appends the keys and values of an attribute, of which a group has any number.
func appendAttr(args []any, prefix string, attr slog.Attr) []any {
	value := attr.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if attr.Key != "" {
			prefix += attr.Key + "."
		}
		for _, member := range value.Group() {
			args = appendAttr(args, prefix, member)
		}
		return args
	}
	if attr.Equal(slog.Attr{}) {
		return args
	}
	return append(args, logKey(prefix+attr.Key), logValue(value))
}

// logKey keeps an attribute from taking the place of the record's own fields: a host crashes on one that is not a
// string.
func logKey(key string) string {
	if slices.Contains([]string{"@message", "@level", "@timestamp"}, key) {
		return "attr." + key
	}
	return key
}

// logValue returns what hclog can encode: it drops a record with anything else.
func logValue(value slog.Value) any {
	switch value.Kind() {
	case slog.KindDuration:
		return value.Duration().String()
	case slog.KindFloat64:
		if f := value.Float64(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Sprint(f)
		}
	case slog.KindAny:
		if err, ok := value.Any().(error); ok {
			return err.Error()
		}
		if _, err := json.Marshal(value.Any()); err != nil {
			return fmt.Sprintf("%+v", value.Any())
		}
	}
	return value.Any()
}
