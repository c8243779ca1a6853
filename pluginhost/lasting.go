package pluginhost

import (
	"context"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// A lastingStream is a stream of go-plugin's own, its broker's or that of stdout and stderr, which go-plugin opens once
// for the life of a plugin. This one goes on with the next process of a supervised plugin.
type lastingStream struct {
	link *link
	open func() (grpc.ClientStream, error)
	ctx  context.Context // until the end of the plugin, or go-plugin's

	mu      sync.Mutex
	stream  grpc.ClientStream
	breaks  int64 // before the stream
	single  bool  // the host sends but one message
	request any   // which is this
}

// lasting opens a stream that goes on with the next process.
func (l *link) lasting(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, options []grpc.CallOption) (grpc.ClientStream, error) {
	ctx, cancel := context.WithCancel(ctx)
	options = append(options, grpc.WaitForReady(true))
	s := &lastingStream{
		link: l, ctx: ctx, single: !desc.ClientStreams, breaks: l.breaks.Load(),
		open: func() (grpc.ClientStream, error) { return open(ctx, desc, cc, method, options...) },
	}
	go func() {
		defer cancel()
		select {
		case <-ctx.Done():
		case <-l.process.done():
		}
	}()
	var err error
	if s.stream, err = s.open(); err != nil {
		cancel()
		return nil, err
	}
	return s, nil
}

// RecvMsg receives a message of this process or of a later one.
func (s *lastingStream) RecvMsg(m any) error {
	for {
		stream := s.current()
		err := stream.RecvMsg(m)
		if err == nil || status.Code(err) == codes.Unimplemented || !s.reopen(stream) {
			return err
		}
	}
}

// SendMsg sends a message to the current process, or to the next.
func (s *lastingStream) SendMsg(m any) error {
	s.mu.Lock()
	if s.single {
		s.request = m
	}
	stream := s.stream
	s.mu.Unlock()
	err := stream.SendMsg(m)
	if err != nil && s.reopen(stream) {
		return s.current().SendMsg(m)
	}
	return err
}

// CloseSend ends what the host sends.
func (s *lastingStream) CloseSend() error { return s.current().CloseSend() }

func (s *lastingStream) current() grpc.ClientStream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stream
}

// reopen replaces a stream that has broken, and reports whether there is another: not after the end of the plugin, nor
// where the process lives on.
func (s *lastingStream) reopen(broken grpc.ClientStream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stream != broken {
		return true
	}
	if s.link.closing() || s.link.victim(s.ctx, s.breaks) == nil {
		return false
	}
	s.breaks = s.link.breaks.Load()
	stream, err := s.open()
	if err == nil && s.request != nil {
		if err = stream.SendMsg(s.request); err == nil {
			err = stream.CloseSend()
		}
	}
	if err == nil {
		s.stream = stream
	}
	return err == nil
}

// Context is that of the whole.
func (s *lastingStream) Context() context.Context { return s.ctx }

// Header is that of the current process.
func (s *lastingStream) Header() (metadata.MD, error) { return s.current().Header() }

// Trailer is that of the current process.
func (s *lastingStream) Trailer() metadata.MD { return s.current().Trailer() }
