package pluginserve

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Methods by which a host of go-plugin changes the state of a plugin.
const (
	shutdownMethod = "/plugin.GRPCController/Shutdown"
	brokerMethod   = "/plugin.GRPCBroker/StartStream"
)

// A keeper lets a plugin outlive its hosts, for debugging. Go-plugin's server ends when a host asks for it, and its
// broker when the stream to its first host does. So the keeper answers such a request itself, and gives the broker a
// stream that does not end, which leads to the newest host.
type keeper struct {
	ctx    context.Context // of the stream that does not end
	start  sync.Once
	mu     sync.Mutex
	host   *hostStream
	joined chan struct{} // closed and replaced when a host comes
}

// A hostStream is the broker's stream of one host.
type hostStream struct {
	grpc.ServerStream
	replaced chan struct{}
}

func newKeeper(ctx context.Context) *keeper {
	return &keeper{ctx: ctx, joined: make(chan struct{})}
}

func (k *keeper) options() []grpc.ServerOption {
	return []grpc.ServerOption{grpc.ChainUnaryInterceptor(k.unary), grpc.ChainStreamInterceptor(k.stream)}
}

func (k *keeper) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if info.FullMethod == shutdownMethod {
		return new(emptypb.Empty), nil // the same bytes as go-plugin's own Empty: none
	}
	return handle(ctx, req)
}

func (k *keeper) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if info.FullMethod != brokerMethod {
		return handle(server, stream)
	}
	k.start.Do(func() { go func() { _ = handle(server, &keptStream{keeper: k}) }() })
	host := k.join(stream)
	select {
	case <-stream.Context().Done():
		k.leave(host)
		return stream.Context().Err()
	case <-host.replaced:
		return errors.New("another host has connected to the plugin, which is being debugged")
	}
}

// join makes stream the one of the newest host.
func (k *keeper) join(stream grpc.ServerStream) *hostStream {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.host != nil {
		close(k.host.replaced)
	}
	k.host = &hostStream{ServerStream: stream, replaced: make(chan struct{})}
	close(k.joined)
	k.joined = make(chan struct{})
	return k.host
}

// leave forgets a host that is gone.
func (k *keeper) leave(host *hostStream) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.host == host {
		k.host = nil
	}
}

// current returns the newest host, or nil, and a channel that is closed when the next one comes.
func (k *keeper) current() (*hostStream, <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.host, k.joined
}

// A keptStream is the only stream that go-plugin's broker ever sees. It has what the broker uses.
type keptStream struct {
	grpc.ServerStream
	keeper *keeper
}

func (s *keptStream) Context() context.Context { return s.keeper.ctx }

// SendMsg sends to the host that is there, or returns an error.
func (s *keptStream) SendMsg(message any) error {
	host, _ := s.keeper.current()
	if host == nil {
		return errors.New("no host is connected to the plugin")
	}
	return host.SendMsg(message)
}

// RecvMsg receives from one host after another.
func (s *keptStream) RecvMsg(message any) error {
	for {
		host, joined := s.keeper.current()
		if host != nil {
			if host.RecvMsg(message) == nil {
				return nil
			}
			s.keeper.leave(host)
			continue
		}
		select {
		case <-joined:
		case <-s.keeper.ctx.Done():
			return s.keeper.ctx.Err()
		}
	}
}
