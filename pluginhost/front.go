package pluginhost

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/hashicorp/go-plugin/runner"
)

var _ runner.Runner = (*front)(nil)

// A front is what go-plugin sees of a plugin: a runner whose stdout is one handshake and whose stderr is empty. So
// nothing that a plugin writes reaches go-plugin, whose scanner stops at long lines and whose log parser can panic. Nor
// does go-plugin see that a supervised plugin has one process after the other.
type front struct {
	launch    func() (*session, handshake, *StartError)
	supervise func(*session, handshake) *supervisor // nil if there is to be one process

	session    *session // the first; nil before Start, as the rest
	handshake  handshake
	supervisor *supervisor // nil if there is one process
}

// Start starts the plugin, and returns when its handshake is there. It does not look at go-plugin's context: the start's
// own is narrower.
func (f *front) Start(context.Context) error {
	s, h, e := f.launch()
	if e != nil {
		return e
	}
	f.session, f.handshake = s, h
	if f.supervise != nil {
		f.supervisor = f.supervise(s, h)
	}
	return nil
}

// process returns what runs the plugin, or nil before Start.
func (f *front) process() process {
	switch {
	case f.supervisor != nil:
		return f.supervisor
	case f.session != nil:
		return f.session
	}
	return nil
}

// current returns the runner of the process that runs.
func (f *front) current() runner.Runner {
	if f.supervisor != nil {
		session, _ := f.supervisor.current()
		return session.runner
	}
	return f.session.runner
}

// Wait returns when the plugin has ended. How it did is for Plugin.Err: go-plugin would only log it.
func (f *front) Wait(context.Context) error {
	<-f.process().done()
	return nil
}

// Kill kills the plugin.
func (f *front) Kill(context.Context) error {
	f.process().kill()
	return nil
}

// ID returns the process id, or nothing if there is no process: go-plugin's Kill has nothing to do then.
func (f *front) ID() string {
	if f.process() == nil {
		return ""
	}
	select {
	case <-f.process().done():
		return ""
	default:
		return f.current().ID()
	}
}

// removeSocket removes the plugin's socket: one that was killed could not, and an old one knows no private directory. What
// somebody listens on is another's, whatever the handshake says.
func removeSocket(r runner.Runner, h handshake) error {
	if _, isChild := r.(*child); !isChild || h.network != "unix" {
		return nil
	}
	info, err := os.Lstat(h.address)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return nil
	}
	if conn, err := net.Dial("unix", h.address); err == nil {
		return conn.Close()
	} else if !errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	if err := os.Remove(h.address); !errors.Is(err, fs.ErrNotExist) {
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
func (f *front) Name() string { return f.current().Name() }

// Diagnose returns nothing: a StartError says more.
func (f *front) Diagnose(context.Context) string { return "" }

// PluginToHost is that of the runner.
func (f *front) PluginToHost(network, address string) (string, string, error) {
	return f.current().PluginToHost(network, address)
}

// HostToPlugin is that of the runner.
func (f *front) HostToPlugin(network, address string) (string, string, error) {
	return f.current().HostToPlugin(network, address)
}
