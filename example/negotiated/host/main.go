// Command host is two hosts: one knows versions 1 and 2 of an API, the other has left version 1 behind. Each measures
// with three plugins. A host and a plugin talk the newest version that both know.
package main

import (
	"context"
	"fmt"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/negotiated"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv1"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
)

func main() {
	v1, v2 := weatherv1.PluginSet{}.Plugins(), weatherv2.PluginSet{}.Plugins()
	for _, path := range []string{"./old", "./new", "./both"} {
		report("host of versions 1 and 2", path, map[int]plugin.PluginSet{
			weatherv1.ProtocolVersion: v1,
			weatherv2.ProtocolVersion: v2,
		})
		report("host of version 2", path, map[int]plugin.PluginSet{
			weatherv2.ProtocolVersion: v2,
		})
	}
}

// report prints what a host of some versions gets from the plugin at path. One pair has no version in common.
func report(host, path string, versions map[int]plugin.PluginSet) {
	version, weather, err := measure(context.Background(), path, versions)
	if err != nil {
		fmt.Printf("%s, %s: %v\n", host, path, err)
		return
	}
	fmt.Printf("%s, %s: version %d, %s\n", host, path, version, weather)
}

// measure starts a plugin and measures once. It also returns the version that was negotiated.
func measure(ctx context.Context, path string, versions map[int]plugin.PluginSet) (version int, weather string, err error) {
	config := weatherv2.ClientConfig()
	config.VersionedPlugins = versions
	config.Cmd = exec.Command(path)
	config.Logger = hclog.NewNullLogger() // which would also report the failure that this example is about
	client := plugin.NewClient(config)
	defer client.Kill()

	station, err := dispense(client)
	if err != nil {
		return 0, "", err
	}
	celsius, humidity, err := station.Measure(ctx)
	if err != nil {
		return 0, "", err
	}
	weather = fmt.Sprintf("%.1f °C", celsius)
	if humidity != nil {
		weather += fmt.Sprintf(", humidity %.0f %%", *humidity)
	}
	return client.NegotiatedVersion(), weather, nil
}

// dispense upgrades what a plugin of version 1 offers, so that the rest of the host knows version 2 alone.
func dispense(client *plugin.Client) (weatherv2.Station, error) {
	if _, err := client.Start(); err != nil { // negotiates the version
		return nil, err
	}
	if client.NegotiatedVersion() != weatherv1.ProtocolVersion {
		return weatherv2.DispenseStation(client)
	}
	old, err := weatherv1.DispenseStation(client)
	if err != nil {
		return nil, err
	}
	return negotiated.Upgrade(old), nil
}
