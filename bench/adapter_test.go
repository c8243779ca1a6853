package bench

import (
	"context"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/bench/handwritten"
)

// noConn answers every call at once with an empty response, so that what is left is the adapter.
type noConn struct{}

func (noConn) Invoke(context.Context, string, any, any, ...grpc.CallOption) error { return nil }

func (noConn) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	panic("no rpc that is measured so has a stream")
}

var (
	// conn is a variable so that no compiler sees through the interface.
	conn grpc.ClientConnInterface = noConn{}

	callOptions = []grpc.CallOption{grpc.StaticMethod()}
	value       = []byte("a value")
)

// a path is one way to do something.
type path struct {
	name string
	run  func() error
}

// BenchmarkAdapter measures the host's side of a call without the call. "bare" is cc.Invoke with messages of its own,
// and "floor" is cc.Invoke with everything made beforehand: what no adapter can do without, and what no call at all.
func BenchmarkAdapter(b *testing.B) {
	b.Run("rpc=greet", func(b *testing.B) { runPaths(b, greetPaths()) })
	b.Run("rpc=put", func(b *testing.B) { runPaths(b, putPaths()) })
	b.Run("rpc=get", func(b *testing.B) { runPaths(b, getPaths()) })
}

func runPaths(b *testing.B, paths []path) {
	for _, p := range paths {
		b.Run("peer="+p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := p.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func greetPaths() []path {
	ctx := context.Background()
	hand, generated, stub := handwritten.NewGreeterClient(conn), benchpb.NewGreeterGRPCClient(conn), benchpb.NewGreeterServiceClient(conn)
	req, resp := new(emptypb.Empty), new(benchpb.GreetResponse)
	byHand := func() error { _, err := hand.Greet(); return err }
	return []path{
		{"handwritten", byHand},
		{"generated", func() error { _, err := generated.Greet(ctx); return err }},
		{"stub", func() error { _, err := stub.Greet(ctx, new(emptypb.Empty)); return err }},
		{"bare", func() error {
			return conn.Invoke(ctx, benchpb.GreeterService_Greet_FullMethodName, req, new(benchpb.GreetResponse), callOptions...)
		}},
		{"floor", func() error {
			return conn.Invoke(ctx, benchpb.GreeterService_Greet_FullMethodName, req, resp, callOptions...)
		}},
		{"handwritten.again", byHand},
	}
}

func putPaths() []path {
	ctx := context.Background()
	hand, generated, stub := handwritten.NewKVClient(conn), benchpb.NewKVGRPCClient(conn), benchpb.NewKVServiceClient(conn)
	req, resp := &benchpb.PutRequest{Key: "key", Value: value}, new(emptypb.Empty)
	byHand := func() error { return hand.Put("key", value) }
	return []path{
		{"handwritten", byHand},
		{"generated", func() error { return generated.Put(ctx, "key", value) }},
		{"stub", func() error {
			_, err := stub.Put(ctx, &benchpb.PutRequest{Key: "key", Value: value})
			return err
		}},
		{"bare", func() error {
			req := &benchpb.PutRequest{Key: "key", Value: value}
			return conn.Invoke(ctx, benchpb.KVService_Put_FullMethodName, req, new(emptypb.Empty), callOptions...)
		}},
		{"floor", func() error {
			return conn.Invoke(ctx, benchpb.KVService_Put_FullMethodName, req, resp, callOptions...)
		}},
		{"handwritten.again", byHand},
	}
}

func getPaths() []path {
	ctx := context.Background()
	hand, generated, stub := handwritten.NewKVClient(conn), benchpb.NewKVGRPCClient(conn), benchpb.NewKVServiceClient(conn)
	req, resp := &benchpb.GetRequest{Key: "key"}, new(benchpb.GetResponse)
	byHand := func() error { _, err := hand.Get("key"); return err }
	return []path{
		{"handwritten", byHand},
		{"generated", func() error { _, err := generated.Get(ctx, "key"); return err }},
		{"stub", func() error { _, err := stub.Get(ctx, &benchpb.GetRequest{Key: "key"}); return err }},
		{"bare", func() error {
			req := &benchpb.GetRequest{Key: "key"}
			return conn.Invoke(ctx, benchpb.KVService_Get_FullMethodName, req, new(benchpb.GetResponse), callOptions...)
		}},
		{"floor", func() error {
			return conn.Invoke(ctx, benchpb.KVService_Get_FullMethodName, req, resp, callOptions...)
		}},
		{"handwritten.again", byHand},
	}
}
