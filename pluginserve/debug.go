package pluginserve

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// debugAsked reports whether the plugin shall serve without a host. Flags end at "--".
func debugAsked(args []string) bool {
	for _, arg := range args[1:] {
		switch arg {
		case "-debug", "--debug":
			return true
		case "--":
			return os.Getenv("GOPLUGIN_DEBUG") == "1"
		}
	}
	return os.Getenv("GOPLUGIN_DEBUG") == "1"
}

// serveDebug serves hosts that come and go until Ctrl-C, and returns the exit code.
func serveDebug(config *plugin.ServeConfig, s settings, stdout io.Writer) int {
	log := logger(config)
	if err := prepareDebug(config); err != nil {
		fmt.Fprintf(os.Stderr, "pluginserve: cannot serve: %v\n", err)
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	calls := newCalls()
	more := slices.Concat(samePeer(log, 0), calls.options(), newKeeper(ctx).options())
	if server := newServer(config, log, more...); server != nil {
		config.GRPCServer = server
	}
	session := startSession(config, false)
	at := session.address()
	if at == nil {
		fmt.Fprintln(os.Stderr, "pluginserve: cannot serve: go-plugin's server did not start, its error is above")
		return 1
	}
	fmt.Fprint(stdout, debugText(config, at))
	select {
	case <-ctx.Done():
	case <-session.closed:
	}
	session.end()
	return s.finish(log, calls)
}

// prepareDebug leaves config one version to serve and a quiet server, and the environment nothing that only a host sets.
func prepareDebug(config *plugin.ServeConfig) error {
	version, set, err := debugVersion(config, os.Getenv("PLUGIN_PROTOCOL_VERSIONS"))
	if err != nil {
		return err
	}
	config.ProtocolVersion, config.Plugins, config.VersionedPlugins = uint(version), set, nil
	for _, name := range []string{"PLUGIN_CLIENT_CERT", "PLUGIN_MULTIPLEX_GRPC", "PLUGIN_PROTOCOL_VERSIONS"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	if config.Logger == nil {
		config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: os.Stderr})
	}
	return nil
}

// debugVersion returns the newest version of config that wanted names, or that config has if wanted is empty. It is a
// list with commas, as hosts send it.
func debugVersion(config *plugin.ServeConfig, wanted string) (int, plugin.PluginSet, error) {
	sets := versions(config)
	has := sorted(sets)
	if len(has) == 0 {
		return 0, nil, fmt.Errorf("the ServeConfig has neither Plugins nor VersionedPlugins")
	}
	if wanted == "" {
		newest := has[len(has)-1]
		return newest, sets[newest], nil
	}
	best, found := 0, false
	for _, field := range strings.Split(wanted, ",") {
		version, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil {
			return 0, nil, fmt.Errorf("PLUGIN_PROTOCOL_VERSIONS=%s: expected protocol versions with commas between them, such as 1,2: %w", wanted, err)
		}
		if sets[version] != nil && (!found || version > best) {
			best, found = version, true
		}
	}
	if !found {
		return 0, nil, fmt.Errorf("PLUGIN_PROTOCOL_VERSIONS=%s names no version of this plugin, which has %s", wanted, list(has))
	}
	return best, sets[best], nil
}

func list(versions []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(versions), " ", ", "), "[]")
}

// debugText tells how to start a host that uses this process.
func debugText(config *plugin.ServeConfig, at *plugin.ReattachConfig) string {
	variable := config.MagicCookieKey + "_REATTACH"
	value := reattachJSON(at)
	return fmt.Sprintf(`%s serves protocol version %d without a host, until Ctrl-C.
To make a host use it, set this variable in the host's shell.

POSIX shells:
export %s='%s'

PowerShell:
$env:%s='%s'
`, filepath.Base(os.Args[0]), at.ProtocolVersion,
		variable, strings.ReplaceAll(value, "'", `'\''`),
		variable, strings.ReplaceAll(value, "'", "''"))
}

// reattachJSON is what pluginhost.Start expects in the variable.
func reattachJSON(at *plugin.ReattachConfig) string {
	type address struct{ Network, String string }
	text, err := json.Marshal(struct {
		Protocol        plugin.Protocol
		ProtocolVersion int
		Pid             int
		Addr            address
	}{at.Protocol, at.ProtocolVersion, at.Pid, address{at.Addr.Network(), at.Addr.String()}})
	if err != nil {
		panic(err) // Strings and numbers always have JSON.
	}
	return string(text)
}
