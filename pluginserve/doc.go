// Package pluginserve is what the main of a go-plugin plugin calls. Run takes go-plugin's own ServeConfig, whether a
// generated package made it or a hand, and changes nothing on the wire: any go-plugin host can start the plugin.
//
//	func main() {
//		config := greeterv1.ServeConfig(greeterv1.PluginSet{Greeter: english{}})
//		slog.SetDefault(slog.New(pluginserve.LogHandler(config)))
//		pluginserve.Run(config)
//	}
//
// # Started by a host
//
// A host has started the process if the environment has the magic cookie. Then the plugin
//
//   - takes messages of any size, as go-plugin's client does; gRPC's own limit is 4 MiB
//   - answers Internal when a gRPC handler panics, logs the stack and lives on. Handlers of net/rpc are out of reach:
//     their panics end the process
//   - ends when its host is gone, also one that was killed: its parent process is the host
//   - runs the function of OnShutdown when it ends: when the host asks for it, when the host is gone, at SIGTERM.
//     SIGINT is ignored, because Ctrl-C reaches the whole process group and it is the host that decides
//   - answers a host that has AutoMTLS on with a P-256 certificate instead of go-plugin's P-521, which takes much
//     longer to make and to use
//   - accepts, without TLS on a Unix socket, connections of its own user and of root only, and where the host uses package
//     pluginhost, those of the host's process alone: to know the path of the socket is not enough
//
// # Debugging
//
// Started without a host and with -debug, or with GOPLUGIN_DEBUG=1 in the environment, the plugin serves until Ctrl-C
// and prints a line that makes a host of package pluginhost use this process instead of starting one of its own:
//
//	GREETER_PLUGIN_REATTACH='{"Protocol":"grpc","ProtocolVersion":1,"Pid":1234,"Addr":{"Network":"unix","String":"/tmp/plugin1"}}'
//
// The variable is named after the magic cookie. Hosts may come and go, one at a time, and none can end the plugin.
// It can run below a debugger: dlv debug . -- -debug. Of several protocol versions it serves the newest, or the newest
// that PLUGIN_PROTOCOL_VERSIONS names (2, or 1,2), the variable by which hosts say what they know. There is no TLS but
// that of the ServeConfig's TLSProvider. Over net/rpc, a host that asks the plugin to end does end it: go-plugin's own
// does, one of package pluginhost does not.
//
// The plugin's own flags stay its own: Run compares the arguments before a "--" with -debug and --debug, and only
// without a host. A plugin that parses its flags before Run must define one of that name, or use GOPLUGIN_DEBUG.
//
// # Run by hand
//
// Started without a host otherwise, it says what it is, what it serves and how to debug it, and exits with code 1.
//
// # What each platform gives
//
//	                     Linux                    macOS                    other Unix       Windows
//	the host is gone     500 ms, parent changed   500 ms, parent changed   as on macOS      at once, handle of the parent
//	peer credentials     SO_PEERCRED              LOCAL_PEERCRED           no: file mode    no: TCP on 127.0.0.1
//	SIGTERM              yes                      yes                      yes              no such signal; console close
//
// A host of package pluginhost has Linux kill its plugins in the moment it dies, and Windows likewise: then OnShutdown's
// function does not run. It does when such a host closes the plugin.
//
// Where there are no peer credentials, the mode of the socket is what keeps other users out on Unix, and nothing does
// on Windows, unless the host uses TLS. GRPCBrokerMultiplex hides connections from the check, so that there, too, the
// file mode decides, as for connections that go-plugin's broker accepts, on every platform. A host that sets a group
// for sockets wants others in, so the check is off.
package pluginserve
