// Command old is a plugin of version 1, from before anyone thought of a second.
package main

import (
	"context"

	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv1"
)

type station struct {
	weatherv1.UnimplementedStation
}

func (station) Measure(context.Context) (float64, error) {
	return 68, nil
}

func main() {
	weatherv1.Serve(weatherv1.PluginSet{Station: station{}})
}
