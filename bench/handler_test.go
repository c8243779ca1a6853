package bench

import (
	"context"
	"testing"

	"google.golang.org/grpc"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/bench/handwritten"
)

// registry collects the services that are registered on it, as a grpc.Server would.
type registry map[string]service

type service struct {
	desc *grpc.ServiceDesc
	impl any
}

// RegisterService implements grpc.ServiceRegistrar.
func (r registry) RegisterService(desc *grpc.ServiceDesc, impl any) {
	r[desc.ServiceName] = service{desc, impl}
}

// handler returns a method's handler, called with a decoder that leaves every request empty.
func (r registry) handler(b *testing.B, serviceName, method string) func() error {
	b.Helper()
	s := r[serviceName]
	for _, m := range s.desc.Methods {
		if m.MethodName == method {
			return func() error {
				_, err := m.Handler(s.impl, context.Background(), decodeNothing, nil)
				return err
			}
		}
	}
	b.Fatalf("%s has no method %s", serviceName, method)
	return nil
}

func decodeNothing(any) error { return nil }

// BenchmarkHandler measures the plugin's side of a call without the call: from the decoded request to the response.
func BenchmarkHandler(b *testing.B) {
	hand, generated, store := registry{}, registry{}, new(memory)
	if err := store.put("", value); err != nil {
		b.Fatal(err)
	}
	benchpb.RegisterGreeterServiceServer(hand, &handwritten.GreeterServer{Impl: handwrittenMemory{store}})
	benchpb.RegisterKVServiceServer(hand, &handwritten.KVServer{Impl: handwrittenMemory{store}})
	benchpb.RegisterGreeterGRPCServer(generated, generatedMemory{store})
	benchpb.RegisterKVGRPCServer(generated, generatedMemory{store})
	for _, rpc := range []struct{ name, service, method string }{
		{"greet", "goplugin.bench.v1.GreeterService", "Greet"},
		{"put", "goplugin.bench.v1.KVService", "Put"},
		{"get", "goplugin.bench.v1.KVService", "Get"},
	} {
		b.Run("rpc="+rpc.name, func(b *testing.B) {
			byHand := hand.handler(b, rpc.service, rpc.method)
			runPaths(b, []path{
				{"handwritten", byHand},
				{"generated", generated.handler(b, rpc.service, rpc.method)},
				{"handwritten.again", byHand},
			})
		})
	}
}
