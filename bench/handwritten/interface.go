// Package handwritten holds what protoc-gen-goplugin replaces: interfaces and adapters written by hand in the way of
// go-plugin's examples/grpc/shared, over protoc-gen-go-grpc's stubs.
package handwritten

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// Handshake is what the host and its plugins agree on. It equals the generated one, so that hand-written and generated
// code can talk.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "GOPLUGIN_BENCH",
	MagicCookieValue: "hello",
}

// PluginMap is the map of plugins we can dispense.
var PluginMap = map[string]plugin.Plugin{
	"greeter": &GreeterPlugin{},
	"kv":      &KVPlugin{},
	"echo":    &EchoPlugin{},
	"feed":    &FeedPlugin{},
	"blob":    &BlobPlugin{Chunks: Chunks{Size: ChunkSize}},
}

// Greeter greets.
type Greeter interface {
	Greet() (string, error)
}

// KV is a store.
type KV interface {
	Put(key string, value []byte) error
	Get(key string) ([]byte, error)
}

// Echo returns what it is given.
type Echo interface {
	Echo(payload []byte) ([]byte, error)
}

// GreeterPlugin is the plugin.GRPCPlugin of Greeter.
type GreeterPlugin struct {
	plugin.Plugin
	Impl Greeter
}

// GRPCServer registers Impl on a plugin's server.
func (p *GreeterPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	benchpb.RegisterGreeterServiceServer(s, &GreeterServer{Impl: p.Impl})
	return nil
}

// GRPCClient returns the Greeter at the other end of a connection.
func (*GreeterPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return NewGreeterClient(c), nil
}

// KVPlugin is the plugin.GRPCPlugin of KV.
type KVPlugin struct {
	plugin.Plugin
	Impl KV
}

// GRPCServer registers Impl on a plugin's server.
func (p *KVPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	benchpb.RegisterKVServiceServer(s, &KVServer{Impl: p.Impl})
	return nil
}

// GRPCClient returns the KV at the other end of a connection.
func (*KVPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return NewKVClient(c), nil
}

// EchoPlugin is the plugin.GRPCPlugin of Echo.
type EchoPlugin struct {
	plugin.Plugin
	Impl Echo
}

// GRPCServer registers Impl on a plugin's server.
func (p *EchoPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	benchpb.RegisterEchoServiceServer(s, &EchoServer{Impl: p.Impl})
	return nil
}

// GRPCClient returns the Echo at the other end of a connection.
func (*EchoPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return NewEchoClient(c), nil
}
