// Command new is a plugin of version 2.
package main

import (
	"context"

	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
)

type station struct {
	weatherv2.UnimplementedStation
}

func (station) Measure(context.Context) (celsius float64, humidity *float64, err error) {
	return 21.5, new(40.0), nil
}

func main() {
	weatherv2.Serve(weatherv2.PluginSet{Station: station{}})
}
