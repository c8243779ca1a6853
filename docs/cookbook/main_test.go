// Package cookbook holds the code of docs/cookbook.md, and runs it. The test program is its own plugin: started by a
// host, it serves a key-value store.
package cookbook

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/hashicorp/go-plugin/examples/grpc/shared"
	"go.uber.org/goleak"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
	"github.com/goplugin-dev/goplugin/pluginserve"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(kvv1.Handshake.MagicCookieKey) == kvv1.Handshake.MagicCookieValue:
		servePlugin()
	case os.Getenv(shared.Handshake.MagicCookieKey) == shared.Handshake.MagicCookieValue:
		serveByHand()
	default:
		goleak.VerifyTestMain(m)
	}
}

// itself returns the path of the test program, to start it as a plugin.
func itself(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// servePlugin is the main of a plugin that logs with log/slog.
func servePlugin() {
	config := kvv1.ServeConfig(kvv1.PluginSet{KV: newMemory()})
	slog.SetDefault(slog.New(pluginserve.LogHandler(config)))
	pluginserve.Run(config)
}

// memory keeps values in memory.
type memory struct {
	kvv1.UnimplementedKV
	mu     sync.Mutex
	values map[string][]byte
}

func newMemory() *memory { return &memory{values: map[string][]byte{}} }

func (m *memory) Get(ctx context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	if !ok {
		slog.WarnContext(ctx, "no such key", "key", key)
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
