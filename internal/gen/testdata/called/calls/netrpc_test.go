package calls

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"
	"pgregory.net/rapid"

	"golden.test/recorder"
)

// forEachNetRPCService runs a subtest for every service of the goldens that speaks net/rpc.
func forEachNetRPCService(t *testing.T, test func(t *testing.T, s recorder.Service)) {
	t.Helper()
	tested := 0
	for _, s := range services() {
		if s.NetRPC {
			tested++
			t.Run(s.Name, func(t *testing.T) { test(t, s) })
		}
	}
	if tested == 0 {
		t.Error("no golden speaks net/rpc")
	}
}

// dispense serves a set over net/rpc and returns what a host would dispense.
func dispense(t *testing.T, s recorder.Service, set plugin.PluginSet) any {
	t.Helper()
	client, _ := plugin.TestPluginRPCConn(t, set, nil)
	t.Cleanup(func() { _ = client.Close() }) // which tells the server to end; its answer may be cut off
	dispensed, err := s.Dispense(started{ClientProtocol: client})
	if err != nil {
		t.Fatal(err)
	}
	return dispensed
}

func TestNetRPCEveryValueArrives(t *testing.T) {
	forEachNetRPCService(t, func(t *testing.T, s recorder.Service) {
		implementation := new(recorder.Implementation)
		client := dispense(t, s, s.Set(implementation))
		for _, m := range s.Methods {
			t.Run(m.Name, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) { checkValues(t, client, implementation, m) })
			})
		}
	})
}

// An error keeps its text, and stays one that the text can tell.
func TestNetRPCErrors(t *testing.T) {
	tests := map[string]struct {
		err  error
		text string
		is   error
	}{
		"plain":               {err: errors.New("100% of %s broken"), text: "100% of %s broken"},
		"without text":        {err: errors.New(""), text: "an error without a text"},
		"of several lines, 🙂": {err: errors.New("first\nsecond 🙂"), text: "first\nsecond 🙂"},
		"wrapped canceled":    {err: fmt.Errorf("work: %w", context.Canceled), text: "work: context canceled", is: context.Canceled},
		"wrapped deadline":    {err: fmt.Errorf("work: %w", context.DeadlineExceeded), text: "work: context deadline exceeded", is: context.DeadlineExceeded},
		"wrapped unsupported": {err: fmt.Errorf("%w here", errors.ErrUnsupported), text: "unsupported operation here: unsupported operation", is: errors.ErrUnsupported},
	}
	forEachNetRPCService(t, func(t *testing.T, s recorder.Service) {
		implementation := new(recorder.Implementation)
		client := dispense(t, s, s.Set(implementation))
		for name, test := range tests {
			for _, m := range s.Methods {
				implementation.Return(recorder.Outcome{Err: test.err})
				_, err := call(t.Context(), client, m.Name)
				if err == nil || err.Error() != test.text {
					t.Errorf("%s: %s: error %v, want %q", m.Name, name, err, test.text)
				}
				for _, target := range []error{context.Canceled, context.DeadlineExceeded, errors.ErrUnsupported} {
					if got, want := errors.Is(err, target), target == test.is; got != want {
						t.Errorf("%s: %s: errors.Is(err, %v) is %v, want %v", m.Name, name, target, got, want)
					}
				}
			}
		}
	})
}

func TestNetRPCUnimplemented(t *testing.T) {
	forEachNetRPCService(t, func(t *testing.T, s recorder.Service) {
		for what, set := range map[string]plugin.PluginSet{"is not implemented": s.UnimplementedSet, "its Impl is nil": s.Set(nil)} {
			client := dispense(t, s, set)
			for _, m := range s.Methods {
				_, err := call(t.Context(), client, m.Name)
				if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), what) || !strings.HasPrefix(err.Error(), m.Path) {
					t.Errorf("%s: %v, want %s ... %s", m.Name, err, m.Path, what)
				}
			}
		}
	})
}

// An older plugin has none of the methods.
type older struct{ plugin.Plugin }

func (older) Server(*plugin.MuxBroker) (any, error) { return otherMethod{}, nil }

// otherMethod is something that net/rpc serves.
type otherMethod struct{}

func (otherMethod) Other(string, *string) error { return nil }

// Every method is unsupported in an older plugin, also one after the other on one connection.
func TestNetRPCOlderPlugin(t *testing.T) {
	forEachNetRPCService(t, func(t *testing.T, s recorder.Service) {
		set := s.Set(nil)
		for key, p := range set {
			set[key] = older{p}
		}
		client := dispense(t, s, set)
		for range 2 {
			for _, m := range s.Methods {
				if _, err := call(t.Context(), client, m.Name); !errors.Is(err, errors.ErrUnsupported) {
					t.Errorf("%s: %v, want one that is errors.ErrUnsupported", m.Name, err)
				}
			}
		}
	})
}

func TestNetRPCPanic(t *testing.T) {
	forEachNetRPCService(t, func(t *testing.T, s recorder.Service) {
		stderr := captureStderr(t)
		implementation := new(recorder.Implementation)
		client := dispense(t, s, s.Set(implementation))
		for _, m := range s.Methods {
			implementation.Return(recorder.Outcome{Panic: "oh no"})
			if _, err := call(t.Context(), client, m.Name); err == nil || !strings.HasSuffix(err.Error(), "panic in "+m.Path+": oh no") {
				t.Errorf("%s: %v", m.Name, err)
			}
			if trace := stderr(); !strings.Contains(trace, "panic: oh no [in "+m.Path+"]") || !strings.Contains(trace, "goroutine ") {
				t.Errorf("%s: no stack on stderr: %q", m.Name, trace)
			}
			if !m.WholeResponse {
				continue
			}
			implementation.Return(recorder.Outcome{})
			if _, err := call(t.Context(), client, m.Name); err == nil || !strings.Contains(err.Error(), "returned neither a response nor an error") {
				t.Errorf("%s: nil response: %v", m.Name, err)
			}
		}
	})
}

func TestNetRPCCallersContext(t *testing.T) {
	forEachNetRPCService(t, func(t *testing.T, s recorder.Service) {
		client := dispense(t, s, s.Set(new(recorder.Implementation)))
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Hour))
		defer cancel()
		for _, m := range s.Methods {
			if _, err := call(canceled, client, m.Name); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: canceled: %v", m.Name, err)
			}
			if _, err := call(late, client, m.Name); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: late: %v", m.Name, err)
			}
		}
	})
}
