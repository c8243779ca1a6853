package pluginhost

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

const (
	// drainLimit is how long a process outside of the plugin's group may keep the plugin's output open after its end.
	drainLimit = 100 * time.Millisecond

	// killLimit is how long the system may take to end a process that was killed.
	killLimit = 2 * time.Second

	// silenceLimit is how long a plugin may live on that closed its stdout without a handshake.
	silenceLimit = 3 * time.Second
)

// A session is one run of a plugin, from its start to the last byte of its output.
type session struct {
	runner    runner.Runner
	out       *output
	stdout    tail // up to the handshake
	stderr    tail
	handshake chan handshake // gets one; or is closed when stdout ends without
	ended     chan struct{}
	err       error // what the runner's Wait returned, after ended
}

// newSession starts what a runner runs.
func newSession(ctx context.Context, r runner.Runner, out *output) (*session, error) {
	if err := r.Start(ctx); err != nil {
		return nil, err
	}
	s := &session{runner: r, out: out, handshake: make(chan handshake, 1), ended: make(chan struct{})}
	go s.run()
	return s, nil
}

func (s *session) run() {
	defer close(s.ended)
	var readers sync.WaitGroup
	readers.Go(s.readStdout)
	readers.Go(s.readStderr)
	own, isChild := s.runner.(*child)
	if !isChild {
		readers.Wait() // what go-plugin promises a runner; a Wait may close its pipes
	}
	s.err = s.runner.Wait(context.Background())
	if isChild {
		drain(own, &readers)
	}
}

// drain waits until all that a child wrote is read.
func drain(c *child, readers *sync.WaitGroup) {
	read := make(chan struct{})
	go func() {
		readers.Wait()
		close(read)
	}()
	timer := time.NewTimer(drainLimit)
	defer timer.Stop()
	select {
	case <-read:
	case <-timer.C:
		// Windows has no deadlines for pipes, but its jobs leave no process that could keep one open.
		now := time.Now()
		if err := errors.Join(c.stdout.SetReadDeadline(now), c.stderr.SetReadDeadline(now)); err == nil {
			<-read
		}
	}
	_ = c.stdout.Close()
	_ = c.stderr.Close()
}

// readStdout looks for the handshake, and goes on reading after it: a pipe that nobody reads blocks the plugin.
func (s *session) readStdout() {
	found := false
	readLines(s.runner.Stdout(), s.out.lineLimit, func(text []byte, more bool) {
		if !found {
			h, before, ok := findHandshake(text)
			if ok {
				found, text = true, before
				s.handshake <- h
			}
			s.stdout.add(text)
		}
		if len(text) > 0 || !found {
			s.out.put(stdout, text, more)
		}
	})
	if !found {
		close(s.handshake)
	}
}

func (s *session) readStderr() {
	readLines(s.runner.Stderr(), s.out.lineLimit, func(text []byte, more bool) {
		s.stderr.add(text)
		s.out.put(stderr, text, more)
	})
}

func readLines(from io.Reader, limit int, do func(text []byte, more bool)) {
	lines := newLineReader(from, limit)
	for {
		text, more, err := lines.next()
		if err != nil {
			return
		}
		do(text, more)
	}
}

var (
	errEnded        = errors.New("the process ended before its handshake")
	errClosedStdout = errors.New("the process closed its stdout before its handshake")
)

// await returns the handshake. The error is errEnded, errClosedStdout or the cause of ctx.
func (s *session) await(ctx context.Context) (handshake, error) {
	select {
	case h, ok := <-s.handshake:
		if ok {
			return h, nil
		}
	case <-ctx.Done():
		return handshake{}, context.Cause(ctx)
	}
	timer := time.NewTimer(silenceLimit)
	defer timer.Stop()
	select {
	case <-s.ended:
		return handshake{}, errEnded
	case <-timer.C:
		return handshake{}, errClosedStdout
	case <-ctx.Done():
		return handshake{}, context.Cause(ctx)
	}
}

// dial connects to where the plugin serves.
func (s *session) dial(ctx context.Context, h handshake) (net.Conn, error) {
	network, address, err := s.runner.PluginToHost(h.network, h.address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// kill kills the plugin, and waits for its end as long as that can take.
func (s *session) kill() {
	_ = s.runner.Kill(context.Background()) // fails where it has ended already
	timer := time.NewTimer(killLimit)
	defer timer.Stop()
	select {
	case <-s.ended:
	case <-timer.C:
	}
}

func (s *session) done() <-chan struct{} { return s.ended }

func (s *session) pid() int {
	if own, ok := s.runner.(*child); ok {
		return own.pid
	}
	return 0
}

// terminate asks a child to end. What a runner of the host's own runs can only be killed.
func (s *session) terminate() {
	if own, ok := s.runner.(*child); ok {
		own.terminate()
	}
}
