package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin"
)

// DefaultCloseTimeout is how long Close waits for a plugin to end where its context has no deadline.
const DefaultCloseTimeout = 2 * time.Second

// A process is what runs a plugin: a session, or an attachment to one that somebody else started.
type process interface {
	pid() int   // 0 if there is none
	terminate() // asks it to end, where go-plugin cannot
	kill()      // returns when it has ended, or cannot be ended
	done() <-chan struct{}
	exitError() *ExitError // after done
}

// A Plugin is a plugin that runs. Its methods can be called by several goroutines at a time.
type Plugin struct {
	name     string
	version  int // of the protocol
	process  process
	link     *link
	out      *output
	sweep    func()        // removes the directories of hosts that are gone
	swept    chan struct{} // it did
	synced   []*lineWriter // which go-plugin writes to
	protocol plugin.ClientProtocol
	release  func()       // closes protocol, once
	retire   func()       // lets the current process be the last
	tidy     func() error // removes the directory, once
	unlink   func() error // removes the socket, if it is elsewhere; for when the process has ended

	mu      sync.Mutex
	closing bool
	err     error // why it ended
	left    error // what could not be removed
	done    chan struct{}
}

// Client returns go-plugin's client of the plugin, which dispenses its interfaces. Every generated DispenseX takes the
// Plugin, because it has this method. The error, after the end of the plugin, is that of Err, or os.ErrClosed after
// Close.
func (p *Plugin) Client() (plugin.ClientProtocol, error) {
	select {
	case <-p.done:
		if err := p.Err(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("plugin %s: %w", p.name, os.ErrClosed)
	default:
		return p.protocol, nil
	}
}

// NegotiatedVersion returns the protocol version that the host and the plugin talk: the newest that both know.
func (p *Plugin) NegotiatedVersion() int { return p.version }

// PID returns the process id of the plugin, or 0 where a runner of the host's own started it.
func (p *Plugin) PID() int { return p.process.pid() }

// Done returns a channel that is closed when the plugin has ended, by Close or by itself, its output was logged and its
// directory removed.
func (p *Plugin) Done() <-chan struct{} { return p.done }

// Err returns an *ExitError if the plugin ended by itself, and nil while it runs and if Close ended it.
func (p *Plugin) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Close ends the plugin. It asks it to, waits as long as ctx allows, or DefaultCloseTimeout where ctx has no deadline,
// then kills it with all processes of its group. When it returns, the process is gone and so is its directory. The error
// says that the plugin had to be killed, and errors.Is finds the error of ctx in it; or what could not be removed. Closing again waits for the same end,
// and closing a nil Plugin does nothing.
func (p *Plugin) Close(ctx context.Context) error {
	if p == nil {
		return nil
	}
	if !p.beginClose() {
		return p.leftover()
	}
	limit := "before its context ended"
	if _, ok := ctx.Deadline(); !ok {
		limit = fmt.Sprintf("within %v", DefaultCloseTimeout)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, DefaultCloseTimeout)
		defer cancel()
	}
	p.retire()
	go func() {
		p.release()
		_ = p.tidy() // while the process ends: it takes as long as that
	}()
	select {
	case <-p.done:
		return p.leftover()
	case <-ctx.Done():
	}
	p.process.kill()
	<-p.done
	killed := fmt.Errorf("close plugin %s: it did not end %s, and was killed: %w", p.name, limit, ctx.Err())
	return errors.Join(killed, p.leftover())
}

func (p *Plugin) isClosing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing
}

// leftover returns an error if the directory could not be removed.
func (p *Plugin) leftover() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left
}

// beginClose reports whether the plugin still runs, and marks that its end is wanted.
func (p *Plugin) beginClose() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
		return false
	default:
		p.closing = true
		return true
	}
}

// watch waits for the end of the process and frees all that was for it.
func (p *Plugin) watch() {
	<-p.process.done()
	released := make(chan struct{})
	go func() {
		p.release()
		close(released)
	}()
	timer := time.NewTimer(killLimit)
	defer timer.Stop()
	select {
	case <-released:
	case <-timer.C: // net/rpc waits for an answer as long as somebody holds the connection open
	}
	p.finish()
}

func (p *Plugin) finish() {
	left := p.discard()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closing {
		p.err = p.process.exitError()
	}
	p.left = left
	close(p.done)
}

// discard lets the logger have the rest of the output, and removes the directory.
func (p *Plugin) discard() error {
	for _, w := range p.synced {
		w.flush()
	}
	p.out.close(context.Background())
	<-p.swept
	return errors.Join(p.unlink(), p.tidy())
}
