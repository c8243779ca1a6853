package netrpc

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A gate is where an implementation waits, deaf to its context, as net/rpc tells it nothing.
type gate struct {
	entered, open chan struct{}
}

func newGate() gate { return gate{make(chan struct{}), make(chan struct{})} }

func (g gate) wait(context.Context) error {
	select {
	case g.entered <- struct{}{}:
		<-g.open
	case <-g.open:
	}
	return nil
}

// A call that its context ends returns while the plugin still works. The late answer disturbs nobody, and the
// connection serves on.
func TestCancelledCallReturnsBeforeThePlugin(t *testing.T) {
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			g := newGate()
			work := connect(t, working{g.wait})
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-g.entered
				cancel()
			}()
			if err := call(t, ctx, work); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
			later := make(chan error)
			go func() { later <- call(t, t.Context(), work) }()
			<-g.entered // beside the call that was given up, which nothing has let through yet
			close(g.open)
			if err := <-later; err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}

func TestDeadlineOfACall(t *testing.T) {
	g := newGate()
	work := connect(t, working{g.wait})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	go func() {
		select {
		case <-g.entered:
		case <-g.open: // the deadline came before the call
		}
	}()
	if err := calls["Copy"](t, ctx, work); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want context.DeadlineExceeded", err)
	}
	close(g.open)
}

func TestCallAfterItsContext(t *testing.T) {
	var called atomic.Int64
	work := connect(t, working{func(context.Context) error { called.Add(1); return nil }})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls {
		if err := call(t, ctx, work); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", name, err)
		}
	}
	if err := work.Rest(t.Context()); err != nil || called.Load() != 1 {
		t.Errorf("a call with a live context: %v, and %d calls reached the plugin, want 1", err, called.Load())
	}
}

// Half of the calls are given up while all of them are under way: the others get their own answers.
func TestConcurrentCallsOfWhichHalfAreCancelled(t *testing.T) {
	const n = 50
	g := newGate()
	work := connect(t, working{g.wait})
	var givenUp, others sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for range n {
		givenUp.Go(func() {
			if _, err := work.Copy(ctx, []byte("given up")); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
		})
		others.Go(func() {
			for name, call := range calls {
				if err := call(t, t.Context(), work); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	for range 2 * n { // those that are given up, and the first of each of the others
		<-g.entered
	}
	cancel()
	givenUp.Wait()
	close(g.open)
	others.Wait()
}
