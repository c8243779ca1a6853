package pluginhost

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// deathLimit is how long a call whose connection broke waits to learn that the process has ended.
const deathLimit = time.Second

// A link is the gRPC connection to a plugin. It tells the death of the plugin from errors that the plugin returns.
type link struct {
	config  *plugin.ClientConfig // go-plugin sets its TLSConfig while it starts the plugin
	process process              // nil before it has a handshake
	broken  atomic.Bool          // a connection ended that the host did not end
	closing func() bool
}

// dialOptions are to stand before the host's own: those may replace what they want.
func (l *link) dialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithTransportCredentials(linkCredentials{l}),
		grpc.WithChainUnaryInterceptor(l.unary),
		grpc.WithChainStreamInterceptor(l.stream),
	}
}

func (l *link) unary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	err := invoke(ctx, method, req, reply, cc, options...)
	switch {
	case err == nil:
		return nil
	case method == shutdownMethod && status.Code(err) == codes.Unimplemented:
		l.process.terminate() // a plugin in another language: it would not end otherwise
		return err
	case isOwnMethod(method):
		return err
	}
	return l.blame(ctx, err)
}

func (l *link) stream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := open(ctx, desc, cc, method, options...)
	if isOwnMethod(method) {
		return stream, err
	}
	if err != nil {
		return nil, l.blame(ctx, err)
	}
	return &linkStream{ClientStream: stream, link: l, ctx: ctx}, nil
}

// isOwnMethod reports whether a method is go-plugin's own: its broker, its controller, its streams of stdout and stderr.
func isOwnMethod(method string) bool { return strings.HasPrefix(method, "/plugin.GRPC") }

// A linkStream is a stream whose end can be the plugin's.
type linkStream struct {
	grpc.ClientStream
	link *link
	ctx  context.Context // the caller's: the stream's own is done when the stream is
}

// RecvMsg receives a message.
func (s *linkStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err == nil || err == io.EOF {
		return err
	}
	return s.link.blame(s.ctx, err)
}

// blame returns the death of the plugin, if that is why a call failed, or else the error of the call.
func (l *link) blame(ctx context.Context, err error) error {
	code := status.Code(err)
	if ctx.Err() != nil || code != codes.Unavailable && code != codes.Canceled || !l.dead(ctx) || l.closing() {
		return err
	}
	exit := l.process.exitError()
	return &diedError{exit: exit, status: status.New(codes.Unavailable, exit.summary()), err: err}
}

// dead reports whether the process has ended. That comes to light a moment after its connection broke.
func (l *link) dead(ctx context.Context) bool {
	select {
	case <-l.process.done():
		return true
	default:
	}
	if !l.broken.Load() {
		return false
	}
	timer := time.NewTimer(deathLimit)
	defer timer.Stop()
	select {
	case <-l.process.done():
		return true
	case <-ctx.Done():
	case <-timer.C: // it lives: it has closed its connection
	}
	return false
}

// A diedError is that of a call that the plugin did not survive.
type diedError struct {
	exit   *ExitError
	status *status.Status
	err    error // of gRPC
}

// Error returns how the plugin ended.
func (e *diedError) Error() string { return e.status.Message() }

// Unwrap returns the *ExitError, which is ErrPluginDied, and the error of gRPC.
func (e *diedError) Unwrap() []error { return []error{e.exit, e.err} }

// GRPCStatus returns the code Unavailable.
func (e *diedError) GRPCStatus() *status.Status { return e.status }

// linkCredentials are those that go-plugin would use, over a connection that notes its end.
type linkCredentials struct{ link *link }

func (c linkCredentials) inner() credentials.TransportCredentials {
	if c.link.config.TLSConfig != nil {
		return credentials.NewTLS(c.link.config.TLSConfig)
	}
	return insecure.NewCredentials()
}

// ClientHandshake secures a connection.
func (c linkCredentials) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return c.inner().ClientHandshake(ctx, authority, &linkConn{Conn: raw, link: c.link})
}

// ServerHandshake fails: a host does not serve here.
func (linkCredentials) ServerHandshake(net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errors.New("the credentials of a host")
}

// Info is that of TLS or of no security.
func (c linkCredentials) Info() credentials.ProtocolInfo { return c.inner().Info() }

// Clone returns the same.
func (c linkCredentials) Clone() credentials.TransportCredentials { return c }

// OverrideServerName fails: the TLSConfig has the name.
func (linkCredentials) OverrideServerName(string) error {
	return errors.New("set ServerName of the TLSConfig")
}

// A linkConn notes when it ends from the other side.
type linkConn struct {
	net.Conn
	link *link
}

// Read reads.
func (c *linkConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil && !errors.Is(err, net.ErrClosed) {
		c.link.broken.Store(true)
	}
	return n, err
}
