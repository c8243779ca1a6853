// Command host lets the plugin beside it count, and adds when the plugin asks for it.
package main

import (
	"context"
	"fmt"
	"log"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/counter/counterv1"
)

// addHelper is what the plugin calls back.
type addHelper struct {
	counterv1.UnimplementedAddHelper
}

func (addHelper) Sum(_ context.Context, a, b int64) (int64, error) {
	fmt.Printf("the plugin asks for %d + %d\n", a, b)
	return a + b, nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	config := counterv1.ClientConfig()
	config.Cmd = exec.Command("./plugin")
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Warn})
	client := plugin.NewClient(config)
	defer client.Kill()

	counter, err := counterv1.DispenseCounter(client)
	if err != nil {
		return err
	}
	for _, value := range []int64{2, 3} {
		if err := counter.Put(ctx, addHelper{}, "apples", value); err != nil {
			return err
		}
	}
	apples, err := counter.Get(ctx, "apples")
	if err != nil {
		return err
	}
	fmt.Printf("%d apples\n", apples)
	return nil
}
