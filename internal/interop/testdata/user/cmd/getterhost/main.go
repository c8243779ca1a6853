// Command getterhost is a host on generated glue. It gets a value from the key-value plugin that its argument names,
// tries to put one, and gets the value again.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"example.com/user/kv"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string) error {
	config := kv.ClientConfig()
	config.Cmd = exec.Command(path)
	config.Logger = hclog.NewNullLogger()
	client := plugin.NewClient(config)
	defer client.Kill()
	store, err := kv.DispenseKV(client)
	if err != nil {
		return err
	}
	for _, key := range []string{"greeting", "missing"} {
		value, err := store.Get(ctx, key)
		fmt.Printf("get %s: %q, %v\n", key, value, err)
	}
	fmt.Printf("put: %v\n", store.Put(ctx, "greeting", []byte("bye")))
	value, err := store.Get(ctx, "greeting")
	fmt.Printf("get greeting: %q, %v\n", value, err)
	return nil
}
