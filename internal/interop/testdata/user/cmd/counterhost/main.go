// Command counterhost is a host on generated glue. It lets a plugin add 2 and 3 with the help of a callback.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"example.com/user/counter"
)

// helper is what the plugin calls back.
type helper struct{ counter.UnimplementedAddHelper }

func (helper) Sum(_ context.Context, a, b int64) (int64, error) {
	fmt.Printf("asked for %d + %d\n", a, b)
	return a + b, nil
}

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string) error {
	config := counter.ClientConfig()
	config.Cmd = exec.Command(path)
	config.Logger = hclog.NewNullLogger()
	config.AutoMTLS = os.Getenv("MTLS") != ""
	client := plugin.NewClient(config)
	defer client.Kill()
	c, err := counter.DispenseCounter(client)
	if err != nil {
		return err
	}
	for _, value := range []int64{2, 3} {
		if err := c.Put(ctx, helper{}, "sum", value); err != nil {
			return err
		}
	}
	sum, err := c.Get(ctx, "sum")
	fmt.Println(sum)
	return err
}
