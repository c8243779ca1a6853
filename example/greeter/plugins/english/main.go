// greeter-english is a plugin of greeter that speaks English.
package main

import (
	"context"

	"github.com/goplugin-dev/goplugin/pluginserve"

	"example.com/greeter/sdk/greeterv1"
)

// english implements Greeter. It embeds UnimplementedGreeter, so that it still compiles when the service
// gains methods.
type english struct {
	greeterv1.UnimplementedGreeter
}

// Greet implements Greeter.
func (english) Greet(_ context.Context, name string) (string, error) {
	if name == "" {
		return "Hello!", nil
	}
	return "Hello, " + name + "!", nil
}

func main() {
	pluginserve.Run(greeterv1.ServeConfig(greeterv1.PluginSet{Greeter: english{}}))
}
