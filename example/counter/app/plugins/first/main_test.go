package main

import (
	"context"
	"errors"
	"testing"

	"example.com/counter/sdk/counterv1"
)

// An adder is what a host passes to Put.
type adder struct {
	counterv1.UnimplementedAddHelper
	most int64 // that it adds up to
}

func (a adder) Sum(_ context.Context, value, value2 int64) (int64, error) {
	if sum := value + value2; sum <= a.most {
		return sum, nil
	}
	return 0, errors.New("that is too much")
}

// TestCounter reaches Counter as a host does, over a connection, but in this process: breakpoints in it are met.
func TestCounter(t *testing.T) {
	client := counterv1.NewInProcessClient(counterv1.PluginSet{Counter: &counter{dir: t.TempDir()}})
	defer client.Kill()
	remote, err := counterv1.DispenseCounter(client)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []int64{2, 3} {
		if err := remote.Put(t.Context(), "apples", value, adder{most: 5}); err != nil {
			t.Error(err)
		}
	}
	if err := remote.Put(t.Context(), "apples", 1, adder{most: 5}); err == nil || err.Error() != "that is too much" {
		t.Errorf("got error %v, want that of the host's adder", err)
	}
	for key, want := range map[string]int64{"apples": 5, "pears": 0} {
		if got, err := remote.Get(t.Context(), key); err != nil || got != want {
			t.Errorf("%s: got %d and error %v, want %d", key, got, err, want)
		}
	}
}
