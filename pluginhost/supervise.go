package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// ErrCrashLoop is what the ExitError of a supervised plugin is, in the sense of errors.Is, that died too often to be
// started again.
var ErrCrashLoop = errors.New("the plugin dies again and again")

// A Restarts says when a supervised plugin is started again. Its zero value has the defaults.
type Restarts struct {
	// Limit is how many deaths within Window are too many: the plugin is given up then. Default: 5.
	Limit int

	// Window is the time that Limit is for. Default: one minute.
	Window time.Duration

	// Backoff is how long a restart waits after the second death within Window. After the first one it does not wait, and
	// after each further one it waits twice as long, up to MaxBackoff. Default: 100 ms and 10 s.
	Backoff, MaxBackoff time.Duration

	// OnRestart is called after each restart, in a goroutine of its own, with how the plugin died. It can tell the new
	// process what the old one knew. Calls of others do not wait for it. Default: nothing.
	OnRestart func(*Plugin, *ExitError)
}

// Supervise starts a plugin again when it dies, until Close or until it dies too often. What was dispensed keeps working:
// a call during a restart waits for the new process, as long as its context allows. A call that was in flight when the
// process died fails with ErrPluginDied; it is not sent again, because nobody knows how far it came. Callbacks work in
// new calls; the new process has none of those that the old one kept.
//
// The plugin must be of gRPC, without GRPCBrokerMultiplex, and every process must speak the protocol version of the
// first. Done and Err are about the last process; PID is of the current one.
func Supervise(restarts Restarts) Option {
	return func(s *settings) {
		withDefault(&restarts.Limit, 5)
		withDefault(&restarts.Window, time.Minute)
		withDefault(&restarts.Backoff, 100*time.Millisecond)
		withDefault(&restarts.MaxBackoff, 10*time.Second)
		s.restarts = &restarts
	}
}

func withDefault[T int | time.Duration](value *T, otherwise T) {
	if *value <= 0 {
		*value = otherwise
	}
}

// A supervisor is the process of a supervised plugin: one session after the other.
type supervisor struct {
	*launcher
	policy    Restarts
	log       hclog.Logger
	restarted func(*ExitError)
	ctx       context.Context // until the end of the plugin is wanted
	retireNow context.CancelFunc
	ended     chan struct{}
	deaths    []time.Time // within the window

	mu          sync.Mutex
	established bool // the start has succeeded: before, a death is its failure
	session     *session
	shaken      handshake     // of the session
	changed     chan struct{} // closed when there is another session
	exit        *ExitError    // of the last session, with why there is no other
}

// newSupervisor watches over the session of a plugin that has started.
func newSupervisor(l *launcher, first *session, h handshake, restarted func(*ExitError)) *supervisor {
	ctx, cancel := context.WithCancel(context.Background())
	s := &supervisor{
		launcher: l, policy: *l.restarts, log: l.out.logger, restarted: restarted, ctx: ctx, retireNow: cancel,
		ended: make(chan struct{}), session: first, shaken: h, changed: make(chan struct{}),
	}
	go s.run()
	return s
}

// run starts a process after each that dies.
func (s *supervisor) run() {
	defer close(s.ended)
	defer s.retireNow()
	for {
		last, h := s.current()
		<-last.ended
		exit := last.exitError()
		_ = removeSocket(last.runner, h) // the directory goes later
		if s.over(exit) {
			return
		}
		s.log.Error("the plugin died, and is started again", "how", exit.summary())
		if err := s.renew(h); err != nil {
			s.giveUp(exit, err)
			return
		}
		go s.restarted(exit)
	}
}

// over reports whether an end is the last one: where it is wanted, and during the start.
func (s *supervisor) over(exit *ExitError) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.established && s.ctx.Err() == nil {
		return false
	}
	s.exit = exit
	return true
}

// giveUp notes why a plugin is not started again.
func (s *supervisor) giveUp(exit *ExitError, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	exit.note = why.Error()
	exit.Err = errors.Join(why, exit.Err)
	s.exit = exit
}

// establish notes that the start has succeeded, unless the first process has ended.
func (s *supervisor) establish() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exit != nil {
		return s.exit
	}
	s.established = true
	return nil
}

// renew replaces a session that has ended. The error says why there is no other.
func (s *supervisor) renew(last handshake) error {
	var failed error // of the last try
	for {
		if err := s.pause(failed); err != nil {
			return err
		}
		next, h, e := s.try()
		if e == nil && (h.version != last.version || h.protocol != last.protocol) {
			next.kill()
			return versionMismatchOf(last, h)
		}
		if e == nil {
			s.set(next, h)
			return nil
		}
		failed = e
		if s.ctx.Err() == nil {
			s.log.Error("the plugin was not started again", "error", e)
		}
	}
}

func versionMismatchOf(last, next handshake) error {
	return fmt.Errorf("its new process speaks protocol version %s of %s, and the one before spoke %s of %s", next.version, next.protocol, last.version, last.protocol)
}

// try starts a process.
func (s *supervisor) try() (*session, handshake, *StartError) {
	ctx, cancel := s.limited(s.ctx)
	defer cancel()
	return s.launch(ctx)
}

// pause counts a death, and waits until the plugin may be started again. The error says that it may not.
func (s *supervisor) pause(failed error) error {
	now := time.Now()
	s.deaths = append(s.deaths, now)
	for now.Sub(s.deaths[0]) > s.policy.Window {
		s.deaths = s.deaths[1:]
	}
	n := len(s.deaths)
	if n >= s.policy.Limit && s.ctx.Err() == nil {
		err := fmt.Errorf("%w: %d times within %v", ErrCrashLoop, n, s.policy.Window)
		return errors.Join(err, failed)
	}
	timer := time.NewTimer(s.policy.delay(n))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
	}
	return s.ctx.Err()
}

// delay returns how long to wait after the n-th death within the window.
func (r Restarts) delay(n int) time.Duration {
	if n < 2 {
		return 0
	}
	delay := r.Backoff
	for range n - 2 {
		if delay *= 2; delay > r.MaxBackoff {
			return r.MaxBackoff
		}
	}
	return min(delay, r.MaxBackoff)
}

func (s *supervisor) current() (*session, handshake) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.session, s.shaken
}

func (s *supervisor) set(next *session, h handshake) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session, s.shaken = next, h
	close(s.changed)
	s.changed = make(chan struct{})
	if s.ctx.Err() != nil { // retire has killed the one before
		go next.kill()
	}
}

// alive returns a session that has not ended, and its handshake. It waits for one.
func (s *supervisor) alive(ctx context.Context) (*session, handshake, error) {
	for {
		s.mu.Lock()
		session, h, changed := s.session, s.shaken, s.changed
		s.mu.Unlock()
		select {
		case <-session.ended:
		default:
			return session, h, nil
		}
		select {
		case <-changed:
		case <-s.ended:
			return nil, handshake{}, s.exitError()
		case <-ctx.Done():
			return nil, handshake{}, ctx.Err()
		}
	}
}

func (s *supervisor) pid() int {
	session, _ := s.current()
	return session.pid()
}

// retire lets the current process be the last one.
func (s *supervisor) retire() { s.retireNow() }

func (s *supervisor) terminate() {
	session, _ := s.current()
	session.terminate()
}

func (s *supervisor) kill() {
	s.retire()
	session, _ := s.current()
	session.kill()
	<-s.ended
}

func (s *supervisor) done() <-chan struct{} { return s.ended }

func (s *supervisor) exitError() *ExitError {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exit
}
