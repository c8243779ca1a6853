// Command versionhost is a host on generated glue. It offers the protocol versions that follow the path of a key-value
// plugin, and gets a value in the one that is negotiated.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"example.com/user/kv"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string, versions []string) error {
	config := kv.ClientConfig()
	config.Plugins, config.VersionedPlugins = nil, map[int]plugin.PluginSet{}
	for _, version := range versions {
		n, err := strconv.Atoi(version)
		if err != nil {
			return err
		}
		config.VersionedPlugins[n] = kv.PluginSet{}.Plugins()
	}
	config.Cmd = exec.Command(path)
	config.Logger = hclog.NewNullLogger()
	client := plugin.NewClient(config)
	defer client.Kill()
	store, err := kv.DispenseKV(client)
	if err != nil {
		return err
	}
	value, err := store.Get(ctx, "greeting")
	fmt.Printf("version %d, %s: %q, %v\n", client.NegotiatedVersion(), client.Protocol(), value, err)
	return nil
}
