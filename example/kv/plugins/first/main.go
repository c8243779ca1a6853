// kv-first is a plugin of kv.
package main

import (
	"github.com/goplugin-dev/goplugin/pluginserve"

	"example.com/kv/sdk/kvv1"
)

func main() {
	pluginserve.Run(kvv1.ServeConfig(kvv1.PluginSet{
		KV: &kv{},
	}))
}
