package pluginserve_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/goplugin-dev/goplugin/pluginserve"
)

// logged returns what a host reads of what log writes, without the time.
func logged(t *testing.T, log func(*slog.Logger)) map[string]any {
	t.Helper()
	var out strings.Builder
	config := probeConfig()
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: &out, JSONFormat: true})
	log(slog.New(pluginserve.LogHandler(config)))
	fields := map[string]any{}
	if err := json.Unmarshal([]byte(out.String()), &fields); err != nil {
		t.Fatalf("%q: %v", out.String(), err)
	}
	delete(fields, "@timestamp")
	return fields
}

func TestLogHandler(t *testing.T) {
	ctx := context.Background()
	for name, test := range map[string]struct {
		log  func(*slog.Logger)
		want string // JSON
	}{
		"below debug": {func(l *slog.Logger) { l.Log(ctx, slog.LevelDebug-1, "m") }, `{"@level":"trace","@message":"m"}`},
		"debug":       {func(l *slog.Logger) { l.Debug("m") }, `{"@level":"debug","@message":"m"}`},
		"info":        {func(l *slog.Logger) { l.Info("m") }, `{"@level":"info","@message":"m"}`},
		"notice":      {func(l *slog.Logger) { l.Log(ctx, slog.LevelInfo+1, "m") }, `{"@level":"info","@message":"m"}`},
		"warn":        {func(l *slog.Logger) { l.Warn("m") }, `{"@level":"warn","@message":"m"}`},
		"above error": {func(l *slog.Logger) { l.Log(ctx, slog.LevelError+4, "m") }, `{"@level":"error","@message":"m"}`},
		"fields of the record, which a host reads as strings": {
			func(l *slog.Logger) { l.Error("m", "@message", 1, "@level", 2, "@timestamp", 3) },
			`{"@level":"error","@message":"m","attr.@message":1,"attr.@level":2,"attr.@timestamp":3}`,
		},
		"groups": {
			func(l *slog.Logger) {
				l.With("a", 1).WithGroup("g").With("b", 2).WithGroup("").Info("m", slog.Group("h", "c", 3), slog.Group("", "d", 4))
			},
			`{"@level":"info","@message":"m","a":1,"g.b":2,"g.h.c":3,"g.d":4}`,
		},
		"values": {
			func(l *slog.Logger) {
				l.Info("m", "duration", time.Second, "err", errors.New("lost"), "nil", nil, "valuer", valuer{}, slog.Attr{})
			},
			`{"@level":"info","@message":"m","duration":"1s","err":"lost","nil":null,"valuer":"resolved"}`,
		},
		"values without JSON": {
			func(l *slog.Logger) { l.Info("m", "nan", math.NaN(), "func", struct{ C chan int }{}) },
			`{"@level":"info","@message":"m","nan":"NaN","func":"{C:\u003cnil\u003e}"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(logged(t, test.log))
			if err != nil {
				t.Fatal(err)
			}
			var want any
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			wanted, _ := json.Marshal(want)
			if string(got) != string(wanted) {
				t.Errorf("logged %s\nwant   %s", got, wanted)
			}
		})
	}
}

type valuer struct{}

func (valuer) LogValue() slog.Value { return slog.StringValue("resolved") }

func TestLogHandlerHonoursTheLevel(t *testing.T) {
	config := probeConfig()
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Warn})
	handler := pluginserve.LogHandler(config)
	for level, want := range map[slog.Level]bool{slog.LevelInfo: false, slog.LevelWarn: true, slog.LevelError: true} {
		if got := handler.Enabled(context.Background(), level); got != want {
			t.Errorf("%v enabled: %v, want %v", level, got, want)
		}
	}
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Off})
	if pluginserve.LogHandler(config).Enabled(context.Background(), slog.LevelError) {
		t.Error("a logger that is off is enabled")
	}
}
