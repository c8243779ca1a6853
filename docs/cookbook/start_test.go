package cookbook

import (
	"context"
	"os/exec"
	"testing"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// put starts the plugin at path, has it keep a value, and ends it.
func put(ctx context.Context, config *plugin.ClientConfig, path, key string) error {
	p, err := pluginhost.Start(ctx, config, exec.Command(path))
	if err != nil {
		return err // what was run, what happened, what to do
	}
	defer p.Close(context.Background())
	kv, err := kvv1.DispenseKV(p)
	if err != nil {
		return err
	}
	return kv.Put(ctx, key, []byte("value"))
}

func TestStart(t *testing.T) {
	if err := put(t.Context(), kvv1.ClientConfig(), itself(t), "key"); err != nil {
		t.Error(err)
	}
}

// secured returns a configuration whose connections are encrypted, and authenticated on both sides.
func secured() *plugin.ClientConfig {
	config := kvv1.ClientConfig()
	config.AutoMTLS = true
	return config
}

func TestStartWithAutoMTLS(t *testing.T) {
	if err := put(t.Context(), secured(), itself(t), "key"); err != nil {
		t.Error(err)
	}
}
