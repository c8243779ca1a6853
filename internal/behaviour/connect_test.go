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

// connect serves impl on a socket and returns the remote. When the test ends, no goroutine of either side may be left.
func connect(t *testing.T, impl pb.Stream) pb.Stream {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterStreamGRPCServer(server, impl)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	cc, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.GracefulStop() // waits for every handler: one that does not end hangs the test
		if err := errors.Join(cc.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	return pb.NewStreamGRPCClient(cc)
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
