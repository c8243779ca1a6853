// Command greeterhost is a host on generated glue. It lets the plugin that its argument names greet, and says how they
// talk.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"example.com/user/greeter"
)

func main() {
	mtls := flag.Bool("mtls", false, "secure the connection with AutoMTLS")
	flag.Parse()
	if err := run(context.Background(), flag.Arg(0), *mtls); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string, mtls bool) error {
	config := greeter.ClientConfig()
	config.Cmd = exec.Command(path)
	config.AutoMTLS = mtls
	config.Logger = hclog.NewNullLogger()
	client := plugin.NewClient(config)
	defer client.Kill()
	g, err := greeter.DispenseGreeter(client)
	if err != nil {
		return err
	}
	greeting, err := g.Greet(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%s, tls: %t: %s\n", client.Protocol(), config.TLSConfig != nil, greeting)
	return nil
}
