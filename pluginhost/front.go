package pluginhost

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/go-plugin/runner"
)

var _ runner.Runner = (*front)(nil)

// A front is what go-plugin sees of a plugin: a runner whose stdout is one handshake and whose stderr is empty. So
// nothing that a plugin writes reaches go-plugin, whose scanner stops at long lines and whose log parser can panic.
type front struct {
	start func(context.Context) (*session, handshake, *StartError)

	mu        sync.Mutex
	session   *session // nil before Start
	handshake handshake
}

// current returns the session, or nil before the start.
func (f *front) current() *session {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session
}

// Start starts the plugin, and returns when its handshake is there. It does not look at go-plugin's context: the start's
// own is narrower.
func (f *front) Start(ctx context.Context) error {
	s, h, e := f.start(ctx)
	if e != nil {
		return e
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.session, f.handshake = s, h
	return nil
}

// Wait returns when the plugin has ended. How it did is for Plugin.Err: go-plugin would only log it.
func (f *front) Wait(context.Context) error {
	<-f.current().ended
	return nil
}

// Kill kills the plugin.
func (f *front) Kill(context.Context) error {
	f.current().kill()
	return nil
}

// ID returns the process id, or nothing if there is no process: go-plugin's Kill has nothing to do then.
func (f *front) ID() string {
	s := f.current()
	if s == nil {
		return ""
	}
	select {
	case <-s.ended:
		return ""
	default:
		return s.runner.ID()
	}
}

// removeSocket removes the plugin's socket: one that was killed could not, and an old one knows no private directory.
func (f *front) removeSocket() error {
	if _, isChild := f.current().runner.(*child); !isChild || f.handshake.network != "unix" {
		return nil
	}
	info, err := os.Lstat(f.handshake.address)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return nil
	}
	if err := os.Remove(f.handshake.address); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Stdout returns the handshake.
func (f *front) Stdout() io.ReadCloser {
	return io.NopCloser(strings.NewReader(f.handshake.String() + "\n"))
}

// Stderr returns nothing.
func (f *front) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name returns the path of the executable.
func (f *front) Name() string { return f.current().runner.Name() }

// Diagnose returns nothing: a StartError says more.
func (f *front) Diagnose(context.Context) string { return "" }

// PluginToHost is that of the runner.
func (f *front) PluginToHost(network, address string) (string, string, error) {
	return f.current().runner.PluginToHost(network, address)
}

// HostToPlugin is that of the runner.
func (f *front) HostToPlugin(network, address string) (string, string, error) {
	return f.current().runner.HostToPlugin(network, address)
}
