package pluginserve_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/rpc"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

var handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "PROBE_PLUGIN", MagicCookieValue: "probe"}

// probeConfig serves hand-written handlers as most plugins do.
func probeConfig() *plugin.ServeConfig {
	return &plugin.ServeConfig{
		HandshakeConfig: handshake,
		Plugins:         plugin.PluginSet{"probe": &probePlugin{}},
		GRPCServer:      plugin.DefaultGRPCServer,
	}
}

// probePlugin is dispensed as the connection.
type probePlugin struct{ plugin.NetRPCUnsupportedPlugin }

func (*probePlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&probeService, nil)
	return nil
}

func (*probePlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

var probeService = grpc.ServiceDesc{
	ServiceName: "test.Probe",
	Methods: []grpc.MethodDesc{
		{MethodName: "Echo", Handler: probeMethod("Echo", func(_ context.Context, in *wrapperspb.BytesValue) (any, error) { return in, nil })},
		{MethodName: "Do", Handler: probeMethod("Do", probeDo)},
	},
	Streams: []grpc.StreamDesc{{StreamName: "Panic", ServerStreams: true, Handler: func(any, grpc.ServerStream) error { panic("in a stream") }}},
}

// probeMethod is what protoc-gen-go-grpc generates for a method.
func probeMethod[Req any](name string, call func(context.Context, *Req) (any, error)) grpc.MethodHandler {
	return func(server any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		in := new(Req)
		if err := decode(in); err != nil {
			return nil, err
		}
		handle := func(ctx context.Context, in any) (any, error) { return call(ctx, in.(*Req)) }
		if intercept == nil {
			return handle(ctx, in)
		}
		return intercept(ctx, in, &grpc.UnaryServerInfo{Server: server, FullMethod: "/test.Probe/" + name}, handle)
	}
}

var (
	hanging  = make(chan struct{}) // closed when a call hangs, of which there may be one
	lingered atomic.Bool           // set when it has ended
)

// probeDo does what a test asks for.
func probeDo(ctx context.Context, in *wrapperspb.StringValue) (any, error) {
	switch in.GetValue() {
	case "panic":
		panic("as asked")
	case "await hang":
		<-hanging
	case "hang":
		close(hanging)
		<-ctx.Done()
		for range 1000 { // A handler needs some time to notice.
			runtime.Gosched()
		}
		lingered.Store(true)
		return nil, ctx.Err()
	case "print":
		fmt.Fprintln(os.Stdout, "printed to stdout")
		fmt.Fprintln(os.Stderr, "printed to stderr")
	case "log":
		slog.Warn("a warning", "key", "value")
	case "pid":
		return wrapperspb.String(fmt.Sprint(os.Getpid())), nil
	}
	return in, nil
}

func do(conn *grpc.ClientConn, what string) (string, error) {
	out := new(wrapperspb.StringValue)
	err := conn.Invoke(context.Background(), "/test.Probe/Do", wrapperspb.String(what), out)
	return out.GetValue(), err
}

// netRPCConfig serves over net/rpc, as configurations without a GRPCServer do.
func netRPCConfig() *plugin.ServeConfig {
	return &plugin.ServeConfig{HandshakeConfig: handshake, Plugins: plugin.PluginSet{"probe": rpcPlugin{}}}
}

type rpcPlugin struct{}

func (rpcPlugin) Server(*plugin.MuxBroker) (any, error) { return rpcProbe{}, nil }

func (rpcPlugin) Client(_ *plugin.MuxBroker, client *rpc.Client) (any, error) { return client, nil }

type rpcProbe struct{}

// Do answers with what it is asked.
func (rpcProbe) Do(in string, out *string) error {
	*out = in
	fmt.Fprintln(os.Stdout, "printed to stdout")
	return nil
}

// A host is go-plugin's own, with what it logs and receives.
type host struct {
	client *plugin.Client
	log    *lines
	stdout *lines
	stderr *lines
}

// startHost returns a host whose plugin is the test binary in a role. The plugin starts with the first dispense.
func startHost(t *testing.T, role string, changes ...func(*plugin.ClientConfig)) *host {
	t.Helper()
	h := &host{log: new(lines), stdout: new(lines), stderr: new(lines)}
	config := &plugin.ClientConfig{
		HandshakeConfig:  handshake,
		Plugins:          plugin.PluginSet{"probe": &probePlugin{}},
		Cmd:              command(role),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC, plugin.ProtocolNetRPC},
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: h.log, JSONFormat: true}),
		SyncStdout:       h.stdout,
		SyncStderr:       h.stderr,
	}
	for _, change := range changes {
		change(config)
	}
	h.client = plugin.NewClient(config)
	t.Cleanup(func() {
		h.client.Kill()
		if t.Failed() {
			t.Logf("the host's log:\n%s", h.log.String())
		}
	})
	return h
}

// connect returns the connection to a plugin of probeConfig.
func (h *host) connect(t *testing.T) *grpc.ClientConn {
	t.Helper()
	protocol, err := h.client.Client()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := protocol.Dispense("probe")
	if err != nil {
		t.Fatal(err)
	}
	return raw.(*grpc.ClientConn)
}

// lines is a log that tests wait on.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await waits for a line that has all parts, and returns it.
func (l *lines) await(t *testing.T, parts ...string) string {
	t.Helper()
	var found string
	await(t, fmt.Sprintf("a line with %q", parts), func() bool {
		for line := range strings.Lines(l.String()) {
			if containsAll(line, parts) {
				found = line
				return true
			}
		}
		return false
	})
	return found
}

func containsAll(line string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(line, part) {
			return false
		}
	}
	return true
}

// await polls until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
