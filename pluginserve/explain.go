package pluginserve

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// explain tells somebody who ran the plugin by hand what it is. A host whose cookie does not match shows the same text.
func explain(w io.Writer, config *plugin.ServeConfig) {
	name := filepath.Base(os.Args[0])
	fmt.Fprintf(w, "This binary is a plugin. %s does nothing by itself: another program, its host, starts it and calls it.\n", name)
	if module := moduleVersion(); module != "" {
		fmt.Fprintf(w, "It was built from %s.\n", module)
	}
	if found, ok := os.LookupEnv(config.MagicCookieKey); ok {
		fmt.Fprintf(w, "\nThe program that started it is not its host: the magic cookie %s is %q, and this plugin expects %q.\nHost and plugin must be made with the same handshake.\n",
			config.MagicCookieKey, found, config.MagicCookieValue)
	}
	fmt.Fprintf(w, "\nIt serves:\n")
	for _, line := range served(config) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	fmt.Fprintf(w, "\nTo use it, tell its host where it is: %s\n", path)
	fmt.Fprintf(w, "To debug it, run \"%s -debug\", below a debugger or not, and start the host as it then says.\n", name)
}

// moduleVersion returns the path of the main package and the version of its module, or nothing in binaries without.
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "" {
		return ""
	}
	return strings.TrimSpace(info.Path + " " + info.Main.Version)
}

// served returns a line for each service or plugin, with its protocol version.
func served(config *plugin.ServeConfig) []string {
	var lines []string
	sets := versions(config)
	for _, version := range sorted(sets) {
		for _, name := range sorted(sets[version]) {
			what := "net/rpc"
			if services := grpcServices(sets[version][name]); len(services) > 0 {
				what = strings.Join(services, ", ")
			}
			lines = append(lines, fmt.Sprintf("protocol version %d, plugin %q: %s", version, name, what))
		}
	}
	if len(lines) == 0 {
		lines = append(lines, "nothing: its ServeConfig has neither Plugins nor VersionedPlugins")
	}
	return lines
}

// grpcServices returns the full names of the services that a plugin registers, on a server that is thrown away. A
// plugin that needs more than a server to register, or does not speak gRPC, has none.
func grpcServices(p plugin.Plugin) (names []string) {
	served, ok := p.(plugin.GRPCPlugin)
	if !ok {
		return nil
	}
	defer func() {
		if recover() != nil {
			names = []string{"gRPC"}
		}
	}()
	server := grpc.NewServer()
	defer server.Stop()
	if err := served.GRPCServer(new(plugin.GRPCBroker), server); err != nil {
		return []string{"gRPC"}
	}
	return sorted(server.GetServiceInfo())
}
