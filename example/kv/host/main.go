// Command host puts a value into the plugin beside it, gets it back, and gets another that is not there.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/kv/kvv1"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	config := kvv1.ClientConfig()
	config.Cmd = exec.Command("./plugin")
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Warn})
	client := plugin.NewClient(config)
	defer client.Kill()

	kv, err := kvv1.DispenseKV(client)
	if err != nil {
		return err
	}
	if err := kv.Put(ctx, "hello", []byte("world")); err != nil {
		return err
	}
	for _, key := range []string{"hello", "goodbye"} {
		if err := get(ctx, kv, key); err != nil {
			return err
		}
	}
	return nil
}

// get prints the value of a key. That a key is not there is no failure: the error that the plugin returned is the
// declared one, also on this side.
func get(ctx context.Context, kv kvv1.KV, key string) error {
	value, err := kv.Get(ctx, key)
	if errors.Is(err, kvv1.ErrNotFound) {
		fmt.Printf("%s is not there (%v)\n", key, err)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s = %s\n", key, value)
	return nil
}
