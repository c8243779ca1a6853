// Command kvhost is a host on generated glue. It puts a value into the key-value plugin that its argument names, gets
// it back, and asks for a key that is not there.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/status"

	"example.com/user/kv"
)

func main() {
	mtls := flag.Bool("mtls", false, "secure the connection with AutoMTLS")
	flag.Parse()
	if err := run(context.Background(), flag.Arg(0), *mtls); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string, mtls bool) error {
	config := kv.ClientConfig()
	config.Cmd = exec.Command(path)
	config.AutoMTLS = mtls
	client := plugin.NewClient(config)
	defer client.Kill()
	store, err := kv.DispenseKV(client)
	if err != nil {
		return err
	}
	fmt.Printf("tls: %t\n", config.TLSConfig != nil)
	return use(ctx, store)
}

// use prints what a store answers.
func use(ctx context.Context, store kv.KV) error {
	if err := store.Put(ctx, "greeting", []byte("hello")); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	value, err := store.Get(ctx, "greeting")
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	fmt.Printf("greeting: %q\n", value)
	_, err = store.Get(ctx, "missing")
	fmt.Printf("missing: %v\n", err)
	fmt.Printf("code: %v\n", status.Code(err))
	return nil
}
