package main

import (
	"errors"
	"testing"

	"example.com/kv/sdk/kvv1"
)

// TestKV reaches KV as a host does, over a connection, but in this process: breakpoints in it are met.
func TestKV(t *testing.T) {
	client := kvv1.NewInProcessClient(kvv1.PluginSet{KV: &kv{dir: t.TempDir()}})
	defer client.Kill()
	remote, err := kvv1.DispenseKV(client)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"hello", "../hello", "a:b\\c/d"} {
		if _, err := remote.Get(t.Context(), key); !errors.Is(err, kvv1.ErrNotFound) {
			t.Errorf("%q: got error %v before Put, want ErrNotFound", key, err)
		}
		if err := remote.Put(t.Context(), key, []byte("the value of "+key)); err != nil {
			t.Error(err)
		}
		value, err := remote.Get(t.Context(), key)
		if err != nil || string(value) != "the value of "+key {
			t.Errorf("%q: got %q and error %v after Put", key, value, err)
		}
	}
}
