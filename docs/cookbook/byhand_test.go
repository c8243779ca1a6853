package cookbook

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/examples/grpc/shared"

	"github.com/goplugin-dev/goplugin/pluginhost"
	"github.com/goplugin-dev/goplugin/pluginserve"
)

// What follows uses go-plugin's own example, whose adapters are written by hand: its package shared, as it is.

// before is a host on go-plugin alone.
func before(path string) error {
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  shared.Handshake,
		Plugins:          shared.PluginMap,
		Cmd:              exec.Command(path),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return err
	}
	return use(protocol)
}

// after is the same host on pluginhost.
func after(ctx context.Context, path string) error {
	p, err := pluginhost.Start(ctx, &plugin.ClientConfig{
		HandshakeConfig:  shared.Handshake,
		Plugins:          shared.PluginMap,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
	}, exec.Command(path))
	if err != nil {
		return err
	}
	defer p.Close(context.Background())
	protocol, err := p.Client()
	if err != nil {
		return err
	}
	return use(protocol)
}

// use is what both hosts do with the plugin.
func use(protocol plugin.ClientProtocol) error {
	raw, err := protocol.Dispense(shared.PluginGRPC)
	if err != nil {
		return err
	}
	return raw.(shared.KV).Put("key", []byte("value"))
}

// serveByHand is the main of a plugin, where plugin.Serve(config) was before.
func serveByHand() {
	config := &plugin.ServeConfig{
		HandshakeConfig: shared.Handshake,
		Plugins:         plugin.PluginSet{shared.PluginGRPC: &shared.KVGRPCPlugin{Impl: files{}}},
		GRPCServer:      plugin.DefaultGRPCServer,
	}
	pluginserve.Run(config)
}

// files drops what it is given.
type files struct{}

func (files) Put(string, []byte) error { return nil }

func (files) Get(string) ([]byte, error) { return nil, os.ErrNotExist }

func TestRuntimeByHand(t *testing.T) {
	if err := before(itself(t)); err != nil {
		t.Error("before:", err)
	}
	if err := after(t.Context(), itself(t)); err != nil {
		t.Error("after:", err)
	}
}
