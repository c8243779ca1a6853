// Command plugin keeps values in memory.
package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/goplugin-dev/goplugin/example/kv/kvv1"
)

// memory is locked, as a host may call a plugin from many goroutines.
type memory struct {
	kvv1.UnimplementedKV
	mu     sync.Mutex
	values map[string][]byte
}

// Get wraps ErrNotFound as it would any error. The host gets the same text, and may ask for the error inside.
func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	if !ok {
		return nil, fmt.Errorf("key %q: %w", key, kvv1.ErrNotFound)
	}
	return value, nil
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
	return nil
}

func main() {
	kvv1.Serve(kvv1.PluginSet{KV: &memory{values: map[string][]byte{}}})
}
