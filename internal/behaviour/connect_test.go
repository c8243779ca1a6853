package behaviour

import (
	"errors"
	"iter"
	"net"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// connect serves impl and returns its remote.
func connect(t *testing.T, impl pb.Stream) pb.Stream {
	t.Helper()
	return pb.NewStreamGRPCClient(serve(t, func(s *grpc.Server) { pb.RegisterStreamGRPCServer(s, impl) }))
}

// connectBlob serves impl and returns its remote.
func connectBlob(t *testing.T, impl pb.Blob) pb.Blob {
	t.Helper()
	return pb.NewBlobGRPCClient(serve(t, func(s *grpc.Server) { pb.RegisterBlobGRPCServer(s, impl) }))
}

// serve serves on a socket, with the options of a plugin, and returns a connection with the options of a host. When the
// test ends, no goroutine of either side may be left.
func serve(t *testing.T, register func(*grpc.Server)) *grpc.ClientConn {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := pb.ServeConfig(pb.PluginSet{}).GRPCServer(nil)
	register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	options := append(pb.ClientConfig().GRPCDialOptions, grpc.WithTransportCredentials(insecure.NewCredentials()))
	cc, err := grpc.NewClient("unix:"+socket, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.GracefulStop() // waits for every handler: one that does not end hangs the test
		if err := errors.Join(cc.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	return cc
}

// numbers yields 0, 1, 2 and so on to below n, then err, if there is one.
func numbers(n int64, err error) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

// collect ranges over a stream to its end or first error.
func collect[T any](in iter.Seq2[T, error]) (list []T, err error) {
	for element, err := range in {
		if err != nil {
			return list, err
		}
		list = append(list, element)
	}
	return list, nil
}

// single yields payloads of one byte, then err, if there is one.
func single(limit int64, err error) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for i, err := range numbers(limit, err) {
			if !yield([]byte{byte(i)}, err) {
				return
			}
		}
	}
}
