// Command container runs the plugin of example/greeter in a container, on a Docker or containerd engine:
//
//	docker build -t greeter-plugin -f Dockerfile ../..
//	go run . greeter-plugin
//
// It is a module of its own, so that only a host with containers depends on the engine's client.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-secure-stdlib/plugincontainer"

	"github.com/goplugin-dev/goplugin/pluginhost"

	"example.com/greeter/sdk/greeterv1"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("expected the name of an image: go run . greeter-plugin")
	}
	greeting, err := greet(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(greeting)
}

// greet starts the plugin of an image, lets it greet and ends it.
func greet(ctx context.Context, image string) (string, error) {
	container := &plugincontainer.Config{
		Image:          image,
		Tag:            "latest", // SHA256 pins what runs
		GroupAdd:       os.Getgid(),
		DisableNetwork: true, // plugin and host talk over a Unix socket in a directory that both see
		Memory:         128 << 20,
	}
	config := greeterv1.ClientConfig()
	config.RunnerFunc = container.NewContainerRunner
	config.UnixSocketConfig = &plugin.UnixSocketConfig{Group: fmt.Sprint(os.Getgid())} // that of GroupAdd
	config.SkipHostEnv = true                                                          // the host's PATH and HOME mean nothing in there

	greeter, err := pluginhost.Start(ctx, config, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = greeter.Close(context.Background()) }()
	english, err := greeterv1.DispenseGreeter(greeter)
	if err != nil {
		return "", err
	}
	return english.Greet(ctx, "Ada")
}
