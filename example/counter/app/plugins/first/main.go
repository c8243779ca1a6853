// counter-first is a plugin of counter.
package main

import (
	"github.com/goplugin-dev/goplugin/pluginserve"

	"example.com/counter/sdk/counterv1"
)

func main() {
	pluginserve.Run(counterv1.ServeConfig(counterv1.PluginSet{
		Counter: &counter{},
	}))
}
