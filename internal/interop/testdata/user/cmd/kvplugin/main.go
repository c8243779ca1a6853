// Command kvplugin is a plugin on generated glue. Like go-plugin's example, it keeps each value in a file, so that it
// outlives the process.
package main

import (
	"context"
	"os"

	"example.com/user/kv"
)

type store struct{}

func (store) Put(_ context.Context, key string, value []byte) error {
	return os.WriteFile("kv_"+key, value, 0o600)
}

func (store) Get(_ context.Context, key string) ([]byte, error) {
	return os.ReadFile("kv_" + key)
}

func main() {
	kv.Serve(kv.PluginSet{KV: store{}})
}
