package cookbook

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// logged calls the plugin at path. What it logs arrives at logger, at its level and with its attributes.
func logged(ctx context.Context, logger *slog.Logger, path string) error {
	p, err := pluginhost.Start(ctx, kvv1.ClientConfig(), exec.Command(path), pluginhost.WithSlog(logger))
	if err != nil {
		return err
	}
	defer p.Close(context.Background())
	kv, err := kvv1.DispenseKV(p)
	if err != nil {
		return err
	}
	_, err = kv.Get(ctx, "missing")
	return err
}

func TestLogged(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := logged(t.Context(), logger, itself(t)); !errors.Is(err, kvv1.ErrNotFound) {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, `level=WARN msg="no such key"`) || !strings.Contains(got, "key=missing") {
		t.Errorf("the log lacks the plugin's record:\n%s", got)
	}
}
