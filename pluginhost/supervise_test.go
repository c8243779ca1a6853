//go:build linux

package pluginhost

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// patient are restarts that never give up in a test.
func patient(restarted func(*Plugin, *ExitError)) Restarts {
	return Restarts{Limit: 1000, Backoff: time.Millisecond, MaxBackoff: 10 * time.Millisecond, OnRestart: restarted}
}

// TestSupervise holds that what was dispensed once works with one process after the other, callbacks and streams too.
func TestSupervise(t *testing.T) {
	for name, change := range map[string]func(*plugin.ClientConfig){
		"plain":    func(*plugin.ClientConfig) {},
		"AutoMTLS": func(c *plugin.ClientConfig) { c.AutoMTLS = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			restarts := make(chan *ExitError, 10)
			config := s.config()
			var written lockedBuffer
			config.SyncStdout = &written
			change(config)
			p := s.start(config, "print in a call", Supervise(patient(func(p *Plugin, exit *ExitError) {
				if callback, err := pb.DispenseCallback(p); err != nil || callback == nil {
					t.Error(err)
				}
				restarts <- exit
			})))
			callback, stream := dispense(t, p)
			for round := range 4 {
				if sum, err := callback.Add(t.Context(), adding{}, 2, 3, false); sum != 5 || err != nil {
					t.Fatalf("round %d: got %d, %v", round, sum, err)
				}
				n := 0
				for _, err := range stream.Count(t.Context(), 10, 1) {
					if err != nil {
						t.Fatal(err)
					}
					n++
				}
				if n != 10 {
					t.Errorf("the stream yielded %d", n)
				}
				eventually(t, "stdout of every process arrives", func() bool {
					return strings.Count(written.String(), "adding\n") == round+1
				})
				before := p.PID()
				kill(t, p, syscall.SIGKILL)
				if exit := <-restarts; exit.PID != before || exit.Signal != "killed" {
					t.Errorf("OnRestart got %v", exit)
				}
				if p.PID() == before {
					t.Error("the process is the same")
				}
			}
			if err := p.Close(patience(t)); err != nil || p.Err() != nil {
				t.Errorf("Close: %v, Err: %v", err, p.Err())
			}
		})
	}
}

// TestSuperviseInFlight holds that a call in flight fails with the death, once, and is not sent again; and that others
// wait for the next process.
func TestSuperviseInFlight(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "serve", Supervise(patient(nil)))
	callback, _ := dispense(t, p)
	var calls atomic.Int64
	killing := helperFunc(func(ctx context.Context) {
		calls.Add(1)
		kill(t, p, syscall.SIGKILL)
		<-ctx.Done()
	})
	for range 3 {
		expectDied(t, callback.Die(t.Context(), killing))
		expectSum(t, p)
	}
	if n := calls.Load(); n != 3 {
		t.Errorf("the plugin called %d times, want 3", n)
	}
}

// TestSuperviseCallers holds with 1,000 callers and a plugin that is killed again and again that each call ends with its
// answer or with the death of the plugin.
func TestSuperviseCallers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	restarts := make(chan struct{})
	p := s.start(s.config(), "serve", Supervise(patient(func(*Plugin, *ExitError) { restarts <- struct{}{} })))
	callback, _ := dispense(t, p)
	ctx, stop := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	var answered, died atomic.Int64
	for i := range int64(1000) {
		callers.Go(func() {
			for ctx.Err() == nil {
				sum, err := callback.Add(t.Context(), nil, i, 1, false)
				switch {
				case err == nil && sum == i+1:
					answered.Add(1)
				case errors.Is(err, ErrPluginDied):
					died.Add(1)
				default:
					t.Errorf("got %d, %v, want %d", sum, err, i+1)
				}
			}
		})
	}
	for range 3 {
		before := answered.Load()
		eventually(t, "calls are answered", func() bool { return answered.Load() > before+100 })
		kill(t, p, syscall.SIGKILL)
		<-restarts
	}
	stop()
	callers.Wait()
	if died.Load() == 0 {
		t.Error("no call was in flight")
	}
}

func TestCrashLoop(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "die in a call", Supervise(Restarts{Limit: 3, Backoff: time.Millisecond}))
	callback, _ := dispense(t, p)
	var last error
	for range 3 {
		_, last = callback.Add(t.Context(), nil, 1, 2, false)
		expectDied(t, last)
	}
	<-p.Done()
	e, ok := errors.AsType[*ExitError](p.Err())
	if !ok || !errors.Is(e, ErrCrashLoop) || !errors.Is(e, ErrPluginDied) || e.ExitCode != 5 || !strings.Contains(e.Error(), "3 times within 1m0s") {
		t.Errorf("Err: %v", p.Err())
	}
	_, err := callback.Add(t.Context(), nil, 1, 2, false)
	expectDied(t, err)
}

// TestSuperviseReplacedFile: what is there after a death cannot be started.
func TestSuperviseReplacedFile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	cmd := s.command("serve")
	link := t.TempDir() + "/plugin"
	if out, err := exec.Command("ln", "-s", cmd.Path, link).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd.Path = link
	p, err := Start(t.Context(), s.config(), cmd, Supervise(Restarts{Limit: 3, Backoff: time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ln", "-sf", "/nowhere", link).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	kill(t, p, syscall.SIGKILL)
	<-p.Done()
	if !errors.Is(p.Err(), ErrCrashLoop) || !strings.Contains(p.Err().Error(), "there is no such file") {
		t.Errorf("Err: %v", p.Err())
	}
}

// TestSuperviseClose closes while there is no process: between two of them.
func TestSuperviseClose(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	restarted := make(chan struct{})
	p := s.start(s.config(), "serve", Supervise(Restarts{
		Backoff: time.Hour, MaxBackoff: time.Hour, OnRestart: func(*Plugin, *ExitError) { close(restarted) },
	}))
	kill(t, p, syscall.SIGKILL)
	<-restarted // at once, after the first death
	expectSum(t, p)
	kill(t, p, syscall.SIGKILL)
	supervisor := p.process.(*supervisor)
	session, _ := supervisor.current()
	<-session.ended
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	callback, _ := dispense(t, p)
	if _, err := callback.Add(ctx, nil, 1, 2, false); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call between two processes: %v, want its deadline", err)
	}
	within(t, time.Minute, "Close", func() {
		if err := p.Close(patience(t)); err != nil || p.Err() != nil {
			t.Errorf("Close: %v, Err: %v", err, p.Err())
		}
	})
}

// TestSuperviseStart holds that supervision begins after the start.
func TestSuperviseStart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := Start(t.Context(), s.config(), s.command("brief"), Supervise(patient(nil)))
	if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != Exited || e.ExitCode != 4 {
		t.Errorf("got %v", err)
	}
	config := s.config()
	config.GRPCBrokerMultiplex = true
	_, err = Start(t.Context(), config, s.command("serve"), Supervise(patient(nil)))
	if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != BadConfig {
		t.Errorf("with multiplexing: %v", err)
	}
	config = s.config()
	config.AllowedProtocols, config.Plugins = nil, plugin.PluginSet{"greeter": greeterPlugin{}}
	_, err = Start(t.Context(), config, s.command("serve netrpc"), Supervise(patient(nil)))
	if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != ProtocolMismatch {
		t.Errorf("with net/rpc: %v", err)
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	r := Restarts{Backoff: 100 * time.Millisecond, MaxBackoff: time.Second}
	for n, want := range map[int]time.Duration{1: 0, 2: 100 * time.Millisecond, 3: 200 * time.Millisecond, 5: 800 * time.Millisecond, 6: time.Second, 1000: time.Second} {
		if got := r.delay(n); got != want {
			t.Errorf("after %d deaths: %v, want %v", n, got, want)
		}
	}
}
