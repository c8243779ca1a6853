// counter-first is a plugin of counter.
package main

import (
	"github.com/goplugin-dev/goplugin/pluginserve"

	"example.com/counter/sdk/counterv1"
)

func main() {
	// An implementation of shared.Counter can serve here, too, with the signatures that MIGRATING.md lists.
	pluginserve.Run(counterv1.ServeConfig(counterv1.PluginSet{
		Counter: &counter{},
	}))
}
