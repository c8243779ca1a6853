package pluginserve

import (
	"context"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
)

// calls counts the handlers that run, so that a shutdown can wait for them.
type calls struct {
	running  atomic.Int64
	draining atomic.Bool
	idle     chan struct{}
	once     sync.Once
}

func newCalls() *calls { return &calls{idle: make(chan struct{})} }

func (c *calls) options() []grpc.ServerOption {
	return []grpc.ServerOption{grpc.ChainUnaryInterceptor(c.unary), grpc.ChainStreamInterceptor(c.stream)}
}

func (c *calls) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	c.running.Add(1)
	defer c.end()
	return handle(ctx, req)
}

func (c *calls) stream(server any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	c.running.Add(1)
	defer c.end()
	return handle(server, stream)
}

func (c *calls) end() {
	if c.running.Add(-1) == 0 && c.draining.Load() {
		c.once.Do(func() { close(c.idle) })
	}
}

// drain waits until no handler runs, or until ctx is done. The server must have stopped.
func (c *calls) drain(ctx context.Context) {
	c.draining.Store(true)
	if c.running.Load() == 0 {
		return
	}
	select {
	case <-c.idle:
	case <-ctx.Done():
	}
}
