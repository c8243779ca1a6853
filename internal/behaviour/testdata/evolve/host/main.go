// Command host calls every method of the plugin that its argument names, and prints what became of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"evolve.test/sdk"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(program string) error {
	config := sdk.ClientConfig()
	config.Cmd = exec.Command(program)
	config.Logger = hclog.NewNullLogger()
	client := plugin.NewClient(config)
	defer client.Kill()
	store, err := sdk.DispenseStore(client)
	if err != nil {
		return err
	}
	ctx := context.Background()
	value, err := store.Get(ctx, "k")
	fmt.Printf("Get: %q %v\n", value, err)
	_, readErr := read(ctx, store)
	for _, call := range []struct {
		name string
		err  error
	}{
		{"Put", store.Put(ctx, "k", "v")},
		{"Watch", watch(ctx, store)},
		{"Import", store.Import(ctx, func(func(*sdk.PutRequest, error) bool) {})},
		{"Read", readErr},
	} {
		fmt.Printf("%s: unsupported %t\n", call.name, errors.Is(call.err, errors.ErrUnsupported))
	}
	return nil
}

func watch(ctx context.Context, store sdk.Store) error {
	for _, err := range store.Watch(ctx, "k") {
		if err != nil {
			return err
		}
	}
	return nil
}

func read(ctx context.Context, store sdk.Store) ([]byte, error) {
	r, err := store.Read(ctx, "k")
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}
