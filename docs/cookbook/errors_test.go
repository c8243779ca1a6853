package cookbook

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"google.golang.org/grpc/status"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// explain says what a call's error means to a host.
func explain(err error) string {
	switch {
	case err == nil:
		return "it worked"
	case errors.Is(err, kvv1.ErrNotFound):
		return "the plugin says that the key is not there"
	case errors.Is(err, errors.ErrUnsupported):
		return "the plugin is older than this method"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "our own context ended the call"
	case errors.Is(err, pluginhost.ErrPluginDied):
		return "the plugin died: nobody knows how far the call came"
	}
	return fmt.Sprintf("the plugin failed with code %s: %v", status.Code(err), err)
}

// failing is a plugin with a bug, and without Get.
type failing struct{ kvv1.UnimplementedKV }

func (failing) Put(_ context.Context, key string, _ []byte) error {
	if key == "" {
		panic("no key")
	}
	return errors.New("the disk is full")
}

func TestExplain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	broken, working := connect(t, failing{}), connect(t, newMemory())
	_, missing := working.Get(t.Context(), "missing")
	_, unsupported := broken.Get(t.Context(), "key")
	_, canceled := working.Get(ctx, "key")
	for _, tt := range []struct {
		hazard string
		err    error
		want   string
	}{
		{"no error", working.Put(t.Context(), "key", nil), "it worked"},
		{"a declared error", missing, "the plugin says that the key is not there"},
		{"a method that is not there", unsupported, "the plugin is older than this method"},
		{"a cancelled context", canceled, "our own context ended the call"},
		{"any other error", broken.Put(t.Context(), "key", nil), "the plugin failed with code Unknown: the disk is full"},
		{"a panic", broken.Put(t.Context(), "", nil), "the plugin failed with code Internal: "},
	} {
		if got := explain(tt.err); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.hazard, got, tt.want)
		}
	}
}

// remedy says what the person in front of the host is told when a plugin does not start.
func remedy(err error) string {
	var start *pluginhost.StartError
	if !errors.As(err, &start) {
		return err.Error()
	}
	switch start.Reason {
	case pluginhost.NotFound:
		return "install the plugin first: there is no " + start.Path
	case pluginhost.VersionMismatch:
		return "update the plugin: " + start.Problem
	}
	return start.Error() // written for people: several lines, with the plugin's last words
}

func TestRemedy(t *testing.T) {
	_, err := pluginhost.Start(t.Context(), kvv1.ClientConfig(), exec.Command("./nothing"))
	if got, want := remedy(err), "install the plugin first: there is no ./nothing"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = pluginhost.Start(t.Context(), kvv1.ClientConfig(), exec.Command("true"))
	if got := remedy(err); !strings.Contains(got, "exit") {
		t.Errorf("got %q, want a text about the exit", got)
	}
}
