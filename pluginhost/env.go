package pluginhost

import (
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/go-plugin"
)

// An envPolicy says which of the host's environment variables a plugin gets.
type envPolicy struct {
	all   bool
	names []string
}

// protocolVariables are those by which a host and a plugin talk. A host that is a plugin itself has those of its own
// host: inherited, they would send its plugins to the wrong directory or certificate.
var protocolVariables = []string{
	"PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_CLIENT_CERT", "PLUGIN_MULTIPLEX_GRPC",
	plugin.EnvUnixSocketDir, plugin.EnvUnixSocketGroup, envHostPID,
}

// envHostPID tells a plugin that uses package pluginserve which process may connect to it.
const envHostPID = "GOPLUGIN_HOST_PID"

// inherited returns what of the host's environment a plugin gets.
func (p envPolicy) inherited() []string {
	var env []string
	for _, variable := range os.Environ() {
		// A Windows name may start with "=".
		name, _, _ := strings.Cut(variable[min(1, len(variable)):], "=")
		name = variable[:min(1, len(variable))] + name
		if (p.all || slices.Contains(p.names, name)) && !slices.Contains(protocolVariables, name) {
			env = append(env, variable)
		}
	}
	return env
}
