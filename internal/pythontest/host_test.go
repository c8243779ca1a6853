package pythontest

import (
	"bytes"
	"context"
	"maps"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"go.uber.org/goleak"

	"github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// A host has started a plugin.
type host struct {
	client              *plugin.Client
	log, stdout, stderr *lockedBuffer
	sockets             string // the directory of the plugin's sockets
}

// start starts the full plugin as a host of the behaviour API, which knows the key-value API, too. configure may change
// its configuration. When the test ends, neither a goroutine of the host nor a socket of the plugin may be left.
func start(t *testing.T, configure func(*plugin.ClientConfig)) host {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	h := host{log: &lockedBuffer{}, stdout: &lockedBuffer{}, stderr: &lockedBuffer{}, sockets: shortTempDir(t)}
	config := hostConfig()
	config.Cmd = fullProject(t).plugin(t)
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: h.log, JSONFormat: true})
	config.SyncStdout, config.SyncStderr = h.stdout, h.stderr
	config.UnixSocketConfig = &plugin.UnixSocketConfig{TempDir: h.sockets}
	if configure != nil {
		configure(config)
	}
	h.client = plugin.NewClient(config)
	t.Cleanup(func() {
		h.client.Kill()
		left, err := os.ReadDir(h.sockets)
		if err != nil || len(left) > 0 {
			t.Errorf("the plugin left %v (%v)", left, err)
		}
		if t.Failed() {
			t.Logf("the host's log:\n%s", h.log)
		}
	})
	if _, err := h.client.Start(); err != nil {
		t.Fatalf("%v\n%s", err, h.log)
	}
	return h
}

// hostConfig returns the configuration of a host of the behaviour API, which knows the key-value API, too.
func hostConfig() *plugin.ClientConfig {
	config := behaviourpb.ClientConfig()
	maps.Copy(config.Plugins, kvv1.PluginSet{}.Plugins())
	return config
}

// shortTempDir returns a directory in which the path of a socket is not too long.
func shortTempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "py")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// dispensed fails the test where a plugin could not be dispensed.
func dispensed[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (h host) kv(t *testing.T) kvv1.KV { return dispensed[kvv1.KV](t)(kvv1.DispenseKV(h.client)) }
func (h host) stream(t *testing.T) behaviourpb.Stream {
	return dispensed[behaviourpb.Stream](t)(behaviourpb.DispenseStream(h.client))
}
func (h host) blob(t *testing.T) behaviourpb.Blob {
	return dispensed[behaviourpb.Blob](t)(behaviourpb.DispenseBlob(h.client))
}
func (h host) callback(t *testing.T) behaviourpb.Callback {
	return dispensed[behaviourpb.Callback](t)(behaviourpb.DispenseCallback(h.client))
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited %v in vain until %s", patience, what)
		}
	}
}

// A lockedBuffer is a buffer that two goroutines may use.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
