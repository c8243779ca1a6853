package pluginserve_test

import (
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// runHost is a host: it starts the plugin of PLUGIN_ROLE, which inherits its fd 3, says so, and waits for its end.
func runHost() {
	cmd := command(os.Getenv("PLUGIN_ROLE"))
	cmd.ExtraFiles = []*os.File{os.NewFile(3, "alive")}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake,
		Plugins:          plugin.PluginSet{"probe": &probePlugin{}},
		Cmd:              cmd,
		SkipHostEnv:      true, // or the plugin would get the role of its host
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := protocol.Dispense("probe")
	if err != nil {
		fmt.Println(err)
		return
	}
	conn := raw.(*grpc.ClientConn)
	pid, err := do(conn, "pid")
	if err == nil {
		go func() { _, _ = do(conn, "hang") }() // a call is under way when the plugin ends
		_, err = do(conn, "await hang")
	}
	fmt.Println("started", pid, err)
	_, _ = io.Copy(io.Discard, os.Stdin)
}
