// Command plugin is a plugin: an implementation of Greeter, and one call that serves it.
package main

import (
	"context"

	"github.com/goplugin-dev/goplugin/example/greeter/greeterv1"
)

// hello embeds UnimplementedGreeter, so that it still builds when Greeter has more methods.
type hello struct {
	greeterv1.UnimplementedGreeter
}

func (hello) Greet(context.Context) (string, error) {
	return "Hello!", nil
}

func main() {
	greeterv1.Serve(greeterv1.PluginSet{Greeter: hello{}})
}
