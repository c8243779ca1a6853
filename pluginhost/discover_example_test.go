package pluginhost_test

import (
	"context"
	"fmt"
	"os/exec"

	"github.com/goplugin-dev/goplugin/internal/testapi/greeterv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// A host that starts the plugins that it finds, if they are the ones that its installer has locked.
func ExampleDiscover() {
	ctx := context.Background()
	lock, err := pluginhost.ReadLock("plugins/plugins.lock")
	if err != nil {
		fmt.Println(err)
		return
	}
	found, passedOver, err := pluginhost.Discover("plugins", "greeter-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, file := range passedOver {
		fmt.Println(file) // and why
	}
	for _, file := range found {
		p, err := pluginhost.Start(ctx, greeterv1.ClientConfig(), exec.Command(file.Path),
			pluginhost.WithLock(lock, pluginhost.VerifyOnce))
		if err != nil {
			fmt.Println(err)
			continue
		}
		defer p.Close(ctx)
	}
}
