// Command versionplugin is a plugin on generated glue with the versions of go-plugin's example of negotiation: 2 is
// over net/rpc and 3 over gRPC.
package main

import (
	"context"
	"os"

	"github.com/hashicorp/go-plugin"

	"example.com/user/kv"
)

// store says which version reads.
type store struct {
	kv.UnimplementedKV
	version string
}

func (s store) Get(_ context.Context, key string) ([]byte, error) {
	value, err := os.ReadFile("kv_" + key)
	return append(value, " read by version "+s.version...), err
}

func main() {
	config := kv.ServeConfig(kv.PluginSet{})
	config.Plugins, config.VersionedPlugins = nil, map[int]plugin.PluginSet{
		2: {kv.KVPluginName: &kv.KVRPCPlugin{Impl: store{version: "2"}}},
		3: kv.PluginSet{KV: store{version: "3"}}.Plugins(),
	}
	plugin.Serve(config)
}
