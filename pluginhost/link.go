package pluginhost

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// deathLimit is how long a call whose connection broke waits to learn that the process has ended.
const deathLimit = 3 * time.Second

// A link is the gRPC connection to a plugin. It tells the death of the plugin from errors that the plugin returns.
type link struct {
	config     *plugin.ClientConfig // go-plugin sets its TLSConfig while it starts the plugin
	process    process              // nil before it has a handshake
	supervised *supervisor          // nil if the process is the only one
	closing    func() bool

	breaks atomic.Int64 // how many connections ended that the host did not end
	mu     sync.Mutex
	broken process // of the last one that did; nil once there is another connection
	last   process // the same, but for good
}

// dialOptions are to stand before the host's own: those may replace what they want.
func (l *link) dialOptions(supervised bool) []grpc.DialOption {
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(linkCredentials{l}),
		grpc.WithChainUnaryInterceptor(l.unary),
		grpc.WithChainStreamInterceptor(l.stream),
	}
	if supervised {
		quick := backoff.Config{BaseDelay: 10 * time.Millisecond, Multiplier: 2, MaxDelay: time.Second}
		options = append(options,
			grpc.WithContextDialer(l.dial),
			grpc.WithConnectParams(grpc.ConnectParams{Backoff: quick, MinConnectTimeout: l.config.StartTimeout}))
	}
	return options
}

// dial connects to the current process of a supervised plugin, or to the next one.
func (l *link) dial(ctx context.Context, _ string) (net.Conn, error) {
	for {
		session, h, err := l.supervised.alive(ctx)
		if err != nil {
			return nil, err
		}
		conn, err := session.dial(ctx, h)
		if err == nil {
			return &linkConn{Conn: conn, link: l, process: session}, nil
		}
		if !endsSoon(ctx, session) {
			return nil, err
		}
	}
}

func (l *link) unary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	breaks := l.breaks.Load()
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
	return l.blame(ctx, breaks, err)
}

func (l *link) stream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
	breaks := l.breaks.Load()
	if isOwnMethod(method) {
		return l.ownStream(ctx, desc, cc, method, open, options)
	}
	stream, err := open(ctx, desc, cc, method, options...)
	if err != nil {
		return nil, l.blame(ctx, breaks, err)
	}
	return &linkStream{ClientStream: stream, link: l, ctx: ctx, breaks: breaks}, nil
}

// ownStream opens a stream of go-plugin's own. Of its errors, go-plugin takes Unavailable for that of a plugin without
// such a stream; with others it forgets to close its connection.
func (l *link) ownStream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, options []grpc.CallOption) (stream grpc.ClientStream, err error) {
	if l.supervised == nil {
		stream, err = open(ctx, desc, cc, method, options...)
	} else {
		stream, err = l.lasting(ctx, desc, cc, method, open, options)
	}
	if err != nil {
		return nil, status.Error(codes.Unavailable, err.Error())
	}
	return stream, nil
}

// isOwnMethod reports whether a method is go-plugin's own: its broker, its controller, its streams of stdout and stderr.
func isOwnMethod(method string) bool { return strings.HasPrefix(method, "/plugin.GRPC") }

// A linkStream is a stream whose end can be the plugin's.
type linkStream struct {
	grpc.ClientStream
	link *link
	ctx  context.Context // the caller's: the stream's own is done when the stream is

	breaks int64 // before the stream
}

// RecvMsg receives a message.
func (s *linkStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err == nil || err == io.EOF {
		return err
	}
	return s.link.blame(s.ctx, s.breaks, err)
}

// blame returns the death of the plugin, if that is why a call failed, or else the error of the call. Before the call,
// there were that many breaks.
func (l *link) blame(ctx context.Context, breaks int64, err error) error {
	code := status.Code(err)
	if ctx.Err() != nil || code != codes.Unavailable && code != codes.Canceled || l.closing() {
		return err
	}
	victim := l.victim(ctx, breaks)
	if victim == nil {
		return err
	}
	exit := victim.exitError()
	return &diedError{exit: exit, status: status.New(codes.Unavailable, exit.summary()), err: err}
}

// victim returns the process that ended, or nil if none did since there were that many breaks. That comes to light a
// moment after the connection broke.
func (l *link) victim(ctx context.Context, breaks int64) process {
	select {
	case <-l.process.done():
		return l.process
	default:
	}
	l.mu.Lock()
	suspect := l.broken
	if l.breaks.Load() != breaks {
		suspect = l.last
	}
	l.mu.Unlock()
	if suspect != nil && endsSoon(ctx, suspect) {
		return suspect
	}
	return nil
}

// endsSoon waits for the end of a process whose connection broke, and reports whether it came.
func endsSoon(ctx context.Context, p process) bool {
	timer := time.NewTimer(deathLimit)
	defer timer.Stop()
	select {
	case <-p.done():
		return true
	case <-ctx.Done():
	case <-timer.C: // it lives: it has closed its connection
	}
	return false
}

// connected notes a connection.
func (l *link) connected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = nil
}

// disconnected notes the end of a connection.
func (l *link) disconnected(from process) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken, l.last = from, from
	l.breaks.Add(1)
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
	conn, ok := raw.(*linkConn)
	if !ok {
		conn = &linkConn{Conn: raw, link: c.link, process: c.link.process}
	}
	c.link.connected()
	return c.inner().ClientHandshake(ctx, authority, conn)
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
	link    *link
	process process
	ended   atomic.Bool
}

// Read reads.
func (c *linkConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil && !errors.Is(err, net.ErrClosed) && c.ended.CompareAndSwap(false, true) {
		c.link.disconnected(c.process)
	}
	return n, err
}
