// Command host starts the plugin beside it, lets it greet and ends it.
package main

import (
	"context"
	"fmt"
	"log"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/greeter/greeterv1"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	config := greeterv1.ClientConfig()
	config.Cmd = exec.Command("./plugin")
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Warn}) // go-plugin's default logs every step
	client := plugin.NewClient(config)
	defer client.Kill()

	// From here on the plugin is a Greeter like any other.
	greeter, err := greeterv1.DispenseGreeter(client)
	if err != nil {
		return err
	}
	greeting, err := greeter.Greet(ctx)
	if err != nil {
		return err
	}
	fmt.Println(greeting)
	return nil
}
