package behaviour

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// calling is the implementation in the plugin's process: it calls what it is passed.
type calling struct {
	mu   sync.Mutex
	kept pb.Helper
}

func (c *calling) Add(ctx context.Context, helper pb.Helper, a, b int64, twice bool) (int64, error) {
	switch {
	case helper == nil:
		return 0, errors.New("no helper")
	case twice:
		return helper.Twice(ctx, doubler{}, a, b)
	}
	sum, err := helper.Sum(ctx, a, b)
	if err != nil {
		return 0, fmt.Errorf("add %d and %d: %w", a, b, err)
	}
	return sum, nil
}

func (c *calling) Watch(ctx context.Context, helper pb.Helper, limit int64) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for i := range limit {
			sum, err := helper.Sum(ctx, i, i)
			if !yield(sum, err) || err != nil {
				return
			}
		}
	}
}

func (c *calling) Stash(ctx context.Context, helper pb.Helper) error { return c.Keep(ctx, helper) }

func (c *calling) Keep(_ context.Context, helper pb.Helper) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = helper
	return nil
}

func (c *calling) AddKept(ctx context.Context, a, b int64) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Sum(ctx, a, b)
}

func (c *calling) Die(ctx context.Context, helper pb.Helper) error {
	_, err := helper.Sum(ctx, 0, 0) // the host kills the plugin while it waits here
	return err
}

// doubler is a helper of the plugin, which the host's helper calls.
type doubler struct{ pb.UnimplementedHelper }

func (doubler) Sum(_ context.Context, a, b int64) (int64, error) { return 2 * (a + b), nil }

// adding is the host's helper. It is made of functions; sum adds where it is nil.
type adding struct {
	pb.UnimplementedHelper
	sum func(ctx context.Context, a, b int64) (int64, error)
}

func (h adding) Sum(ctx context.Context, a, b int64) (int64, error) {
	if h.sum != nil {
		return h.sum(ctx, a, b)
	}
	return a + b, nil
}

func (h adding) Twice(ctx context.Context, helper pb.Helper, a, b int64) (int64, error) {
	return helper.Sum(ctx, a, b)
}

// dispenseCallback returns the plugin's service.
func dispenseCallback(t *testing.T, client *plugin.Client) pb.Callback {
	t.Helper()
	callback, err := pb.DispenseCallback(client)
	if err != nil {
		t.Fatal(err)
	}
	return callback
}

// forEachConnection runs a test with a plugin in this process, and with a process over every kind of connection that
// go-plugin has.
func forEachConnection(t *testing.T, test func(t *testing.T, c pb.Callback, client *plugin.Client)) {
	t.Run("in process", func(t *testing.T) {
		client := startInProcess(t, pb.PluginSet{Callback: new(calling)})
		test(t, dispenseCallback(t, client), client)
	})
	forEachProcess(t, test)
}

// forEachProcess runs a test with a child process over every kind of connection that go-plugin has.
func forEachProcess(t *testing.T, test func(t *testing.T, c pb.Callback, client *plugin.Client)) {
	for name, change := range map[string]func(*plugin.ClientConfig){
		"plain":     func(*plugin.ClientConfig) {},
		"AutoMTLS":  func(c *plugin.ClientConfig) { c.AutoMTLS = true },
		"multiplex": func(c *plugin.ClientConfig) { c.GRPCBrokerMultiplex = true },
	} {
		t.Run(name, func(t *testing.T) {
			client := startPlugin(t, change)
			test(t, dispenseCallback(t, client), client)
		})
	}
}

func TestCallback(t *testing.T) {
	forEachConnection(t, func(t *testing.T, c pb.Callback, _ *plugin.Client) {
		for range 3 {
			if sum, err := c.Add(t.Context(), adding{}, 2, 3, false); sum != 5 || err != nil {
				t.Errorf("got %d, %v, want 5", sum, err)
			}
		}
		if sum, err := c.Add(t.Context(), adding{}, 2, 3, true); sum != 10 || err != nil {
			t.Errorf("a callback in a callback: got %d, %v, want 10", sum, err)
		}
		if _, err := c.Add(t.Context(), nil, 2, 3, false); err == nil || err.Error() != "no helper" {
			t.Errorf("nil: got %v, want the implementation to see nil", err)
		}
	})
}

// A callback calls the plugin that called it.
func TestCallbackCallsBack(t *testing.T) {
	forEachConnection(t, func(t *testing.T, c pb.Callback, _ *plugin.Client) {
		outer := adding{sum: func(ctx context.Context, a, b int64) (int64, error) {
			return c.Add(ctx, adding{}, a, b, false)
		}}
		if sum, err := c.Add(t.Context(), outer, 2, 3, false); sum != 5 || err != nil {
			t.Errorf("got %d, %v, want 5", sum, err)
		}
	})
}

func TestCallbackErrors(t *testing.T) {
	forEachConnection(t, func(t *testing.T, c pb.Callback, _ *plugin.Client) {
		failing := adding{sum: func(context.Context, int64, int64) (int64, error) {
			return 0, fmt.Errorf("page 7: %w", pb.ErrTorn)
		}}
		_, err := c.Add(t.Context(), failing, 1, 2, false)
		if !errors.Is(err, pb.ErrTorn) || err.Error() != "add 1 and 2: page 7: torn" {
			t.Errorf("got %v, want ErrTorn through both sides", err)
		}
		panicking := adding{sum: func(context.Context, int64, int64) (int64, error) { panic("abacus broken") }}
		if _, err := c.Add(t.Context(), panicking, 1, 2, false); status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "abacus broken") {
			t.Errorf("got %v, want the host's panic as an error", err)
		}
	})
}

func TestConcurrentCallbacks(t *testing.T) {
	forEachConnection(t, func(t *testing.T, c pb.Callback, _ *plugin.Client) {
		n := int64(100)
		if strings.HasSuffix(t.Name(), "AutoMTLS") {
			n = 25 // each handshake takes a P-521 key's time, and the broker gives all of them five seconds
		}
		var wg sync.WaitGroup
		var called atomic.Int64
		counting := adding{sum: func(_ context.Context, a, b int64) (int64, error) {
			called.Add(1)
			return a + b, nil
		}}
		for i := range n {
			wg.Go(func() {
				if sum, err := c.Add(t.Context(), counting, i, i, false); sum != 2*i || err != nil {
					t.Errorf("got %d, %v, want %d", sum, err, 2*i)
				}
			})
		}
		wg.Wait()
		if called.Load() != n {
			t.Errorf("the helpers were called %d times, want %d", called.Load(), n)
		}
	})
}

func TestStreamWithCallback(t *testing.T) {
	forEachConnection(t, func(t *testing.T, c pb.Callback, _ *plugin.Client) {
		got, err := collect(c.Watch(t.Context(), adding{}, 4))
		if err != nil || len(got) != 4 || got[3] != 6 {
			t.Errorf("got %v, %v, want four sums", got, err)
		}
		for sum, err := range c.Watch(t.Context(), adding{}, 1<<40) {
			if err != nil {
				t.Fatal(err)
			}
			if sum == 10 {
				break
			}
		}
	})
}

func TestCallbackAfterItsCall(t *testing.T) {
	forEachConnection(t, func(t *testing.T, c pb.Callback, _ *plugin.Client) {
		if err := c.Stash(t.Context(), adding{}); err != nil {
			t.Fatal(err)
		}
		_, err := c.AddKept(t.Context(), 1, 2)
		if status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), "after the call that passed it had ended") {
			t.Errorf("got %v, want an error that says why", err)
		}
		if err := c.Keep(t.Context(), adding{}); err != nil {
			t.Fatal(err)
		}
		if sum, err := c.AddKept(t.Context(), 1, 2); sum != 3 || err != nil {
			t.Errorf("lifetime=plugin: got %d, %v, want 3", sum, err)
		}
	})
}

func TestPluginDiesInCallback(t *testing.T) {
	forEachProcess(t, func(t *testing.T, c pb.Callback, client *plugin.Client) {
		ended := make(chan struct{})
		waiting := adding{sum: func(ctx context.Context, _, _ int64) (int64, error) {
			defer close(ended)
			kill(t, client)
			<-ctx.Done()
			return 0, ctx.Err()
		}}
		if err := c.Die(t.Context(), waiting); status.Code(err) != codes.Unavailable {
			t.Errorf("got %v, want Unavailable", err)
		}
		<-ended
	})
}

// A client that was made without a broker says so.
func TestCallbackWithoutBroker(t *testing.T) {
	cc, err := grpc.NewClient("passthrough:nowhere", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cc.Close() }()
	_, err = pb.NewCallbackGRPCClient(nil, cc).Add(t.Context(), adding{}, 1, 2, false)
	if status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), "broker") {
		t.Errorf("got %v, want an error about the broker", err)
	}
}
