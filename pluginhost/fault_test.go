//go:build linux

package pluginhost

import (
	"context"
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// TestNoise holds that nothing that a plugin prints harms it or its host: before the handshake, glued to it, after it.
func TestNoise(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "noise")
	for range 3 {
		expectSum(t, p)
	}
	expectClose(t, p)
	log := s.log.String()
	for what, want := range map[string]string{
		"the first line":                      "loading\n",
		"a line of 1 MiB":                     strings.Repeat("x", 1<<20) + "\n",
		"the end of one before the handshake": "y 42% \n",
		"what came after the handshake":       strings.Repeat("z", 1<<20),
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has not %s", what)
		}
	}
	s.log = new(lockedBuffer) // too much to show
}

// TestHostileLog holds that lines which go-plugin's parser cannot take are lines like others.
func TestHostileLog(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "hostile log")
	expectSum(t, p)
	if err := p.Close(patience(t)); err != nil || !strings.Contains(s.log.String(), `{"@message":1}`) {
		t.Errorf("%v; the log:\n%s", err, s.log)
	}
}

// kill ends a plugin as the system does.
func kill(t *testing.T, p *Plugin, signal syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(p.PID(), signal); err != nil {
		t.Error(err)
	}
}

// expectDeath holds what a host learns of a plugin that ended by itself.
func expectDeath(t *testing.T, p *Plugin, code int, signal string, stderr string) {
	t.Helper()
	select {
	case <-p.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("Done is open after 20 s")
	}
	e, ok := errors.AsType[*ExitError](p.Err())
	if !ok || e.ExitCode != code || e.Signal != signal || !errors.Is(e, ErrPluginDied) || !strings.Contains(e.Error(), stderr) {
		t.Errorf("Err is %v, want code %d, signal %q and %q", p.Err(), code, signal, stderr)
	}
	if _, err := p.Client(); !errors.Is(err, ErrPluginDied) {
		t.Errorf("Client: %v", err)
	}
	expectClose(t, p)
}

// expectDied holds what a call says that the plugin did not survive.
func expectDied(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ErrPluginDied) || status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), "died: ") {
		t.Errorf("the call failed with %v, want that the plugin died", err)
	}
}

// TestDeathInCall holds what calls and the host learn when a plugin ends in the middle of a call.
func TestDeathInCall(t *testing.T) {
	for _, tt := range []struct {
		behaviour, signal, stderr string
		code                      int
	}{
		{behaviour: "die in a call", code: 5, stderr: "out of memory"},
		{behaviour: "panic in a call", code: 2, stderr: "panic: abacus broken"},
		{behaviour: "kill in a call", code: -1, signal: "killed"},
		{behaviour: "old socket", code: -1, signal: "killed"},
		{behaviour: "child, then die", code: 6},
	} {
		t.Run(tt.behaviour, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			p := s.start(s.config(), tt.behaviour)
			callback, _ := dispense(t, p)
			_, err := callback.Add(t.Context(), nil, 1, 2, false)
			expectDied(t, err)
			_, err = callback.Add(t.Context(), nil, 1, 2, false)
			expectDied(t, err)
			expectDeath(t, p, tt.code, tt.signal, tt.stderr)
			_, err = callback.Add(t.Context(), nil, 1, 2, false)
			expectDied(t, err)
		})
	}
}

// TestErrPluginDied holds what a hand-written client gets, with the error of gRPC as it comes.
func TestErrPluginDied(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "kill in a call")
	client, err := p.Client()
	if err != nil {
		t.Fatal(err)
	}
	cc := client.(*plugin.GRPCClient).Conn
	err = cc.Invoke(t.Context(), "/goplugin.behaviour.v1.CallbackService/Add", new(pb.AddRequest), new(pb.AddResponse))
	if e, ok := errors.AsType[*ExitError](err); !ok || e.Signal != "killed" || !errors.Is(err, ErrPluginDied) || status.Code(err) != codes.Unavailable {
		t.Errorf("got %v", err)
	}
	desc := &grpc.StreamDesc{ServerStreams: true}
	if _, err := cc.NewStream(t.Context(), desc, "/goplugin.behaviour.v1.StreamService/Count"); !errors.Is(err, ErrPluginDied) {
		t.Errorf("a stream after it: %v", err)
	}
}

func TestKilledInStream(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "serve")
	_, stream := dispense(t, p)
	received := 0
	for _, err := range stream.Count(t.Context(), 1<<40, 8) {
		if err != nil {
			expectDied(t, err)
			break
		}
		if received++; received == 10 {
			kill(t, p, syscall.SIGKILL)
		}
	}
	expectDeath(t, p, -1, "killed", "")
}

// TestKilledInCallback: the plugin is killed while it waits for the host, which it has called.
func TestKilledInCallback(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "serve")
	callback, _ := dispense(t, p)
	killing := helperFunc(func(ctx context.Context) {
		kill(t, p, syscall.SIGKILL)
		<-ctx.Done()
	})
	expectDied(t, callback.Die(t.Context(), killing))
	expectDeath(t, p, -1, "killed", "")
}

// A helperFunc is a helper of the host that does something when it is called.
type helperFunc func(ctx context.Context)

func (f helperFunc) Sum(ctx context.Context, _, _ int64) (int64, error) {
	f(ctx)
	return 0, nil
}

func (f helperFunc) Twice(context.Context, pb.Helper, int64, int64) (int64, error) { return 0, nil }

// TestOwnErrorIsNoDeath holds that an error of the plugin is never its death, whatever its code.
func TestOwnErrorIsNoDeath(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "serve")
	callback, _ := dispense(t, p)
	unavailable := failing{status.Error(codes.Unavailable, "no apples")}
	if _, err := callback.Add(t.Context(), unavailable, 1, 2, false); errors.Is(err, ErrPluginDied) || status.Code(err) != codes.Unavailable || err.Error() != "no apples" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	canceling := helperFunc(func(context.Context) { cancel() })
	if err := callback.Die(ctx, canceling); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the caller's own cancellation", err)
	}
}

type failing struct{ err error }

func (f failing) Sum(context.Context, int64, int64) (int64, error) { return 0, f.err }

func (f failing) Twice(context.Context, pb.Helper, int64, int64) (int64, error) { return 0, f.err }

// TestStopped holds that Close ends a plugin that a SIGSTOP has stopped, in a call or not.
func TestStopped(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "stop in a call")
	callback, _ := dispense(t, p)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := callback.Add(ctx, nil, 1, 2, false); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the call: %v, want its deadline", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	within(t, time.Minute, "Close", func() {
		if err := p.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "was killed") {
			t.Errorf("Close: %v", err)
		}
	})
	if p.Err() != nil {
		t.Errorf("Err: %v, want nil, because Close ended it", p.Err())
	}
}

// TestNoEnd: a plugin that lives on after go-plugin's server has ended.
func TestNoEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "no end")
	within(t, time.Minute, "Close", func() {
		var closes sync.WaitGroup
		for range 3 {
			closes.Go(func() {
				if err := p.Close(context.Background()); err != nil && !strings.Contains(err.Error(), "within 2s") {
					t.Errorf("Close: %v", err)
				}
			})
		}
		closes.Wait()
	})
}

// TestChildren holds that a plugin's own children end with it, and that one that left the group harms nobody.
func TestChildren(t *testing.T) {
	for _, behaviour := range []string{"child", "far child"} {
		t.Run(behaviour, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			p := s.start(s.config(), behaviour)
			expectSum(t, p)
			within(t, time.Minute, "Close", func() {
				expectClose(t, p)
			})
		})
	}
}

// TestManyStarts starts 50 plugins at a time.
func TestManyStarts(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var starts sync.WaitGroup
	for range 50 {
		starts.Go(func() {
			p, err := Start(t.Context(), s.config(), s.command("serve"))
			if err != nil {
				t.Error(err)
				return
			}
			expectSum(t, p)
			expectClose(t, p)
		})
	}
	starts.Wait()
}

// TestManyCallsAcrossDeath kills a plugin under 1,000 callers: each gets an answer or learns of the death.
func TestManyCallsAcrossDeath(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "serve")
	callback, _ := dispense(t, p)
	var calls sync.WaitGroup
	var once sync.Once
	for i := range int64(1000) {
		calls.Go(func() {
			for {
				sum, err := callback.Add(t.Context(), nil, i, 1, false)
				if err != nil {
					expectDied(t, err)
					return
				}
				if sum != i+1 {
					t.Errorf("got %d, want %d", sum, i+1)
				}
				if i == 500 {
					once.Do(func() { kill(t, p, syscall.SIGKILL) })
				}
			}
		})
	}
	calls.Wait()
	expectDeath(t, p, -1, "killed", "")
}
