package cookbook

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// supervised starts the plugin at path, and again whenever it dies. A new process has none of the values of the old
// one: restore gives them back.
func supervised(ctx context.Context, path string, restore func(kvv1.KV) error, report func(error)) (*pluginhost.Plugin, error) {
	return pluginhost.Start(ctx, kvv1.ClientConfig(), exec.Command(path), pluginhost.Supervise(pluginhost.Restarts{
		OnRestart: func(p *pluginhost.Plugin, death *pluginhost.ExitError) {
			kv, err := kvv1.DispenseKV(p)
			if err == nil {
				err = restore(kv)
			}
			report(errors.Join(death, err))
		},
	}))
}

func TestSupervised(t *testing.T) {
	reports := make(chan error, 1)
	restore := func(kv kvv1.KV) error { return kv.Put(t.Context(), "key", []byte("restored")) }
	p, err := supervised(t.Context(), itself(t), restore, func(err error) { reports <- err })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(context.Background())
	kv, err := kvv1.DispenseKV(p) // once: it outlives the process
	if err != nil {
		t.Fatal(err)
	}
	process, err := os.FindProcess(p.PID())
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-reports; !errors.Is(err, pluginhost.ErrPluginDied) {
		t.Errorf("reported %v, want ErrPluginDied", err)
	}
	if value, err := kv.Get(t.Context(), "key"); err != nil || string(value) != "restored" {
		t.Errorf("after the restart: got %q, %v", value, err)
	}
}
