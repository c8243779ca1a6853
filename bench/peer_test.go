package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/bench/handwritten"
)

// A peer is one way to write a host and its plugin.
type peer struct {
	name     string
	config   func() *plugin.ClientConfig
	dispense func(*plugin.Client) (calls, error)
	serve    func()
	env      []string // of the plugin, besides the host's
}

// calls are the calls that are measured, as a program makes them through the interfaces of a peer.
type calls struct {
	greet   func() (string, error)
	echo    func([]byte) ([]byte, error)
	put     func(string, []byte) error
	get     func(string) ([]byte, error)
	streams []stream
	blob    benchpb.Blob // the interface is the same by hand
	meter   benchpb.Meter
}

// findPeer returns the peer of a name: handwritten, generated, an option set of options_test.go, or a chunk size of copy_test.go. What follows a dot
// tells apart several processes of one peer, such as handwritten.again.
func findPeer(name string) (peer, error) {
	base, _, _ := strings.Cut(name, ".")
	peers := append([]peer{
		{"handwritten", handwrittenConfig, dispenseHandwritten, serveHandwritten, nil},
		{"generated", benchpb.ClientConfig, dispenseGenerated, func() { benchpb.Serve(generatedPlugins()) }, nil},
		{"pluginserve", benchpb.ClientConfig, dispenseGenerated, servePluginserve, nil},
	}, append(optionPeers(), chunkPeers()...)...)
	for _, p := range peers {
		if p.name == base {
			return p, nil
		}
	}
	return peer{}, fmt.Errorf("no peer is named %q", base)
}

// handwrittenConfig is the configuration of go-plugin's examples/grpc/main.go. Both sides know the meter.
func handwrittenConfig() *plugin.ClientConfig {
	plugins := plugin.PluginSet{benchpb.MeterPluginName: &benchpb.MeterGRPCPlugin{}}
	for name, p := range handwritten.PluginMap {
		plugins[name] = p
	}
	return &plugin.ClientConfig{
		HandshakeConfig:  handwritten.Handshake,
		Plugins:          plugins,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolNetRPC, plugin.ProtocolGRPC},
	}
}

func serveHandwritten() {
	impl := handwrittenMemory{new(memory)}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: handwritten.Handshake,
		Plugins: map[string]plugin.Plugin{
			"greeter":               &handwritten.GreeterPlugin{Impl: impl},
			"kv":                    &handwritten.KVPlugin{Impl: impl},
			"echo":                  &handwritten.EchoPlugin{Impl: impl},
			"feed":                  &handwritten.FeedPlugin{Impl: handwrittenFeed{}},
			"blob":                  &handwritten.BlobPlugin{Impl: blobs{}, Chunks: handwritten.Chunks{Size: handwritten.ChunkSize}},
			benchpb.MeterPluginName: &benchpb.MeterGRPCPlugin{Impl: meter{}},
		},
		GRPCServer: plugin.DefaultGRPCServer,
	})
}

func generatedPlugins() benchpb.PluginSet {
	impl := generatedMemory{new(memory)}
	return benchpb.PluginSet{Greeter: impl, KV: impl, Echo: impl, Feed: generatedFeed{}, Blob: blobs{}, Meter: meter{}}
}

func dispenseHandwritten(client *plugin.Client) (calls, error) {
	greeter, err1 := dispense[handwritten.Greeter](client, "greeter")
	kv, err2 := dispense[handwritten.KV](client, "kv")
	echo, err3 := dispense[handwritten.Echo](client, "echo")
	feed, err4 := dispense[handwritten.Feed](client, "feed")
	blob, err5 := dispense[handwritten.Blob](client, "blob")
	meter, err6 := benchpb.DispenseMeter(client)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return calls{}, err
	}
	return calls{
		greet: greeter.Greet, echo: echo.Echo, put: kv.Put, get: kv.Get, streams: handwrittenStreams(feed), blob: blob, meter: meter,
	}, nil
}

func dispense[T any](client *plugin.Client, name string) (T, error) {
	var none T
	protocol, err := client.Client()
	if err != nil {
		return none, err
	}
	raw, err := protocol.Dispense(name)
	if err != nil {
		return none, err
	}
	return raw.(T), nil
}

func dispenseGenerated(client *plugin.Client) (calls, error) {
	rest, err1 := dispenseGeneratedExceptBlob(client)
	blob, err2 := benchpb.DispenseBlob(client)
	rest.blob = blob
	return rest, errors.Join(err1, err2)
}

func dispenseGeneratedExceptBlob(client *plugin.Client) (calls, error) {
	greeter, err1 := benchpb.DispenseGreeter(client)
	kv, err2 := benchpb.DispenseKV(client)
	echo, err3 := benchpb.DispenseEcho(client)
	feed, err4 := benchpb.DispenseFeed(client)
	meter, err5 := benchpb.DispenseMeter(client)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return calls{}, err
	}
	ctx := context.Background()
	return calls{
		greet:   func() (string, error) { return greeter.Greet(ctx) },
		echo:    func(payload []byte) ([]byte, error) { return echo.Echo(ctx, payload) },
		put:     func(key string, value []byte) error { return kv.Put(ctx, key, value) },
		get:     func(key string) ([]byte, error) { return kv.Get(ctx, key) },
		streams: generatedStreams(feed), meter: meter,
	}, nil
}

// servedPeer is the environment variable that tells the test binary which peer it serves.
const servedPeer = "GOPLUGIN_BENCH_SERVE"

// start starts the plugin of one peer and dispenses it with the host of another. Kill the client in any case.
func start(host, served peer) (*plugin.Client, calls, error) {
	config := host.config()
	config.Cmd = exec.Command(os.Args[0])
	config.Cmd.Env = slices.Concat(os.Environ(), served.env, []string{servedPeer + "=" + served.name})
	config.Logger = hclog.NewNullLogger()
	config.Managed = true
	client := plugin.NewClient(config)
	c, err := host.dispense(client)
	return client, c, err
}
