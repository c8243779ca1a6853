package cookbook

import (
	"errors"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
)

// connect returns an implementation as a host sees it: over gRPC, but in this process, where breakpoints are met.
func connect(t *testing.T, impl kvv1.KV) kvv1.KV {
	t.Helper()
	client := kvv1.NewInProcessClient(kvv1.PluginSet{KV: impl})
	t.Cleanup(client.Kill)
	kv, err := kvv1.DispenseKV(client)
	if err != nil {
		t.Fatal(err)
	}
	return kv
}

func TestMemory(t *testing.T) {
	kv := connect(t, newMemory())
	if err := kv.Put(t.Context(), "key", []byte("value")); err != nil {
		t.Fatal(err)
	}
	if value, err := kv.Get(t.Context(), "key"); err != nil || string(value) != "value" {
		t.Errorf("got %q, %v", value, err)
	}
	if _, err := kv.Get(t.Context(), "missing"); !errors.Is(err, kvv1.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}
