// Command both is a plugin of both versions: it implements version 1, and serves that as version 2, too.
package main

import (
	"context"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/negotiated"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv1"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
)

type station struct {
	weatherv1.UnimplementedStation
}

func (station) Measure(context.Context) (float64, error) {
	return 59, nil
}

func main() {
	v1 := weatherv1.PluginSet{Station: station{}}
	v2 := weatherv2.PluginSet{Station: negotiated.Upgrade(station{})}

	config := weatherv2.ServeConfig(v2)
	config.VersionedPlugins = map[int]plugin.PluginSet{
		weatherv1.ProtocolVersion: v1.Plugins(),
		weatherv2.ProtocolVersion: v2.Plugins(),
	}
	plugin.Serve(config)
}
