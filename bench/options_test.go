package bench

import (
	"math"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// An optionSet is options of a connection, to be measured with the generated adapters.
type optionSet struct {
	name   string
	host   []grpc.DialOption
	plugin []grpc.ServerOption
	env    []string // of the plugin
}

// optionSets are those that were tried, one thing at a time: see README.md for what came out. The first has none but the
// message size, which costs nothing and which go-plugin's own host has, too.
func optionSets() []optionSet {
	return []optionSet{
		{name: "none"},
		windows("window256K", 256<<10, 256<<10),
		windows("window1M", 1<<20, 1<<20),
		windows("window4M", 4<<20, 4<<20),
		windows("window16M", 16<<20, 16<<20),
		windows("stream1Mconn16M", 1<<20, 16<<20),
		windows("stream4Mconn16M", 4<<20, 16<<20),
		buffers("buffer64K", 64<<10, 64<<10),
		buffers("buffer128K", 128<<10, 128<<10),
		buffers("read128K", 128<<10, 32<<10),
		buffers("write128K", 32<<10, 128<<10),
		{name: "workers1", plugin: []grpc.ServerOption{grpc.NumStreamWorkers(1)}},
		{name: "workers2", plugin: []grpc.ServerOption{grpc.NumStreamWorkers(2)}},
		{name: "workers4", plugin: []grpc.ServerOption{grpc.NumStreamWorkers(4)}},
		{name: "noretry", host: []grpc.DialOption{grpc.WithDisableRetry(), grpc.WithDisableServiceConfig()}},
		pooled("pool"),
		{name: "gc400", env: []string{"GOGC=400"}},
		{name: "gclimit", env: []string{"GOGC=off", "GOMEMLIMIT=64MiB"}},
		merge("window1Mbuffer64K", windows("", 1<<20, 1<<20), buffers("", 64<<10, 64<<10)),
		merge("window16Mbuffer64K", windows("", 16<<20, 16<<20), buffers("", 64<<10, 64<<10)),
		merge("window16Mbuffer128K", windows("", 16<<20, 16<<20), buffers("", 128<<10, 128<<10)),
		merge("window16Mpool", windows("", 16<<20, 16<<20), pooled("")),
	}
}

func windows(name string, stream, conn int32) optionSet {
	return optionSet{
		name:   name,
		host:   []grpc.DialOption{grpc.WithInitialWindowSize(stream), grpc.WithInitialConnWindowSize(conn)},
		plugin: []grpc.ServerOption{grpc.InitialWindowSize(stream), grpc.InitialConnWindowSize(conn)},
	}
}

func buffers(name string, read, write int) optionSet {
	return optionSet{
		name:   name,
		host:   []grpc.DialOption{grpc.WithReadBufferSize(read), grpc.WithWriteBufferSize(write)},
		plugin: []grpc.ServerOption{grpc.ReadBufferSize(read), grpc.WriteBufferSize(write)},
	}
}

// pooled reuses more sizes of buffers than grpc's pool does. It is experimental, so that generated code cannot have it.
func pooled(name string) optionSet {
	pool := mem.NewTieredBufferPool(256, 1<<10, 4<<10, 16<<10, 32<<10, 64<<10+64, 128<<10, 256<<10, 512<<10, 1<<20+64, 2<<20)
	return optionSet{
		name:   name,
		host:   []grpc.DialOption{experimental.WithBufferPool(pool)},
		plugin: []grpc.ServerOption{experimental.BufferPool(pool)},
	}
}

func merge(name string, sets ...optionSet) optionSet {
	merged := optionSet{name: name}
	for _, set := range sets {
		merged.host = append(merged.host, set.host...)
		merged.plugin = append(merged.plugin, set.plugin...)
	}
	return merged
}

func optionPeers() []peer {
	var peers []peer
	for _, set := range optionSets() {
		peers = append(peers, set.peer())
	}
	return peers
}

func (set optionSet) peer() peer {
	config := func() *plugin.ClientConfig {
		config := benchpb.ClientConfig()
		config.GRPCDialOptions = set.host
		return config
	}
	serve := func() {
		config := benchpb.ServeConfig(generatedPlugins())
		config.GRPCServer = func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(append(options, grpc.MaxRecvMsgSize(math.MaxInt32)), set.plugin...)...)
		}
		plugin.Serve(config)
	}
	return peer{set.name, config, dispenseGenerated, serve, set.env}
}
