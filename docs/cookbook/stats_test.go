package cookbook

import (
	"context"
	"net"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/stats"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
)

// counts is a stats.Handler that counts the calls of each method. OpenTelemetry's otelgrpc has one for traces and
// metrics, which goes into the same places.
type counts struct {
	mu    sync.Mutex
	calls map[string]int
}

func (c *counts) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[info.FullMethodName]++
	return ctx
}

func (c *counts) HandleRPC(context.Context, stats.RPCStats) {}

func (c *counts) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

func (c *counts) HandleConn(context.Context, stats.ConnStats) {}

// measured returns the configuration of a host whose calls a handler sees.
func measured(handler stats.Handler) *plugin.ClientConfig {
	config := kvv1.ClientConfig()
	config.GRPCDialOptions = append(config.GRPCDialOptions, grpc.WithStatsHandler(handler))
	return config
}

// measuredServe returns the configuration of a plugin whose calls a handler sees.
func measuredServe(plugins kvv1.PluginSet, handler stats.Handler) *plugin.ServeConfig {
	config := kvv1.ServeConfig(plugins)
	newServer := config.GRPCServer
	config.GRPCServer = func(options []grpc.ServerOption) *grpc.Server {
		return newServer(append(options, grpc.StatsHandler(handler)))
	}
	return config
}

func TestMeasured(t *testing.T) {
	handler := &counts{calls: map[string]int{}}
	if err := put(t.Context(), measured(handler), itself(t), "key"); err != nil {
		t.Fatal(err)
	}
	if n := handler.calls["/kv.v1.KVService/Put"]; n != 1 {
		t.Errorf("counted %v, want one Put", handler.calls)
	}
}

func TestMeasuredServe(t *testing.T) {
	handler := &counts{calls: map[string]int{}}
	server := measuredServe(kvv1.PluginSet{}, handler).GRPCServer(nil)
	kvv1.RegisterKVGRPCServer(server, newMemory())
	path := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer func() { server.Stop(); <-served }()

	conn, err := grpc.NewClient("unix:"+path, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := kvv1.NewKVGRPCClient(conn).Put(t.Context(), "key", nil); err != nil {
		t.Fatal(err)
	}
	if n := handler.calls["/kv.v1.KVService/Put"]; n != 1 {
		t.Errorf("counted %v, want one Put", handler.calls)
	}
}
