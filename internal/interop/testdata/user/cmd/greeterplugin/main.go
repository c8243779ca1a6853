// Command greeterplugin is a plugin on generated glue. If NETRPC is set, it speaks net/rpc.
package main

import (
	"context"
	"os"

	"github.com/hashicorp/go-plugin"

	"example.com/user/greeter"
)

type english struct{}

func (english) Greet(context.Context) (string, error) { return "Hello!", nil }

func main() {
	config := greeter.ServeConfig(greeter.PluginSet{Greeter: english{}})
	if os.Getenv("NETRPC") != "" {
		config.GRPCServer = nil
	}
	plugin.Serve(config)
}
