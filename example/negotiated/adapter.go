// Package negotiated is what a host and its plugins share between two versions of their API, besides the APIs.
package negotiated

import (
	"context"

	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv1"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
)

// Upgrade returns a station of version 1 as one of version 2. An implementation and a plugin that was dispensed have
// the same interface, so with this one adapter plugins upgrade what they serve, and hosts what they call.
func Upgrade(old weatherv1.Station) weatherv2.Station {
	return upgraded{old: old}
}

type upgraded struct {
	weatherv2.UnimplementedStation
	old weatherv1.Station
}

// Measure knows no humidity: version 1 has none.
func (u upgraded) Measure(ctx context.Context) (celsius float64, humidity *float64, err error) {
	fahrenheit, err := u.old.Measure(ctx)
	if err != nil {
		return 0, nil, err
	}
	return (fahrenheit - 32) / 1.8, nil, nil
}
