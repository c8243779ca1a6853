package inspect

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/rpc"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
)

// TestMain is also the main of the plugins: the test binary, with what it does as its argument. After all tests, no
// goroutine is left.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && behaviours[os.Args[1]] != nil {
		behaviours[os.Args[1]]()
		return
	}
	// go-plugin's broker waits five seconds after each connection, whatever becomes of the plugin.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/hashicorp/go-plugin.(*GRPCBroker).timeoutWait"))
}

var testCookie = Cookie{Key: "INSPECT_TEST_PLUGIN", Value: "5f1c"}

// behaviours are what the plugins do.
var behaviours = map[string]func(){
	"serve":       func() { serve(func(*plugin.ServeConfig) {}) },
	"version 120": func() { serve(func(c *plugin.ServeConfig) { c.ProtocolVersion = 120 }) },
	"versions 2 and 4": func() {
		serve(func(c *plugin.ServeConfig) {
			c.VersionedPlugins = map[int]plugin.PluginSet{2: c.Plugins, 4: c.Plugins}
			c.Plugins = nil
		})
	},
	"net/rpc": func() {
		serve(func(c *plugin.ServeConfig) {
			c.GRPCServer = nil
			c.Plugins = plugin.PluginSet{"test": netRPC{}}
		})
	},
	"other cookie":  func() { serve(func(c *plugin.ServeConfig) { c.MagicCookieValue = "other" }) },
	"no reflection": bare,
	"TLS alone":     overTLS,
	"undescribed service": func() {
		serve(func(c *plugin.ServeConfig) {
			c.GRPCServer = withService(grpc.ServiceDesc{ServiceName: "lost.v1.Lost", Metadata: "lost.proto"})
		})
	},
	"deaf": func() { serve(func(c *plugin.ServeConfig) { c.GRPCServer = deaf }) },
}

// serve serves the test service, with another configuration.
func serve(change func(*plugin.ServeConfig)) {
	config := &plugin.ServeConfig{
		HandshakeConfig: plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: testCookie.Key, MagicCookieValue: testCookie.Value},
		Plugins:         plugin.PluginSet{"test": grpcTest{}},
		GRPCServer:      plugin.DefaultGRPCServer,
	}
	change(config)
	plugin.Serve(config)
}

// bare is a plugin without go-plugin, of the least that a host needs: no health, no reflection, no TLS.
func bare() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("1|1|tcp|%s|grpc\n", listener.Addr())
	server := grpc.NewServer()
	testpb.RegisterTestServiceServer(server, testService{})
	panic(server.Serve(listener))
}

// overTLS is a plugin that serves TLS to every host, as if each had AutoMTLS.
func overTLS() {
	if os.Getenv("PLUGIN_CLIENT_CERT") == "" {
		server := httptest.NewTLSServer(nil) // for its certificate, which no host has the key of
		os.Setenv("PLUGIN_CLIENT_CERT", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	}
	serve(func(*plugin.ServeConfig) {})
}

func withService(service grpc.ServiceDesc) func([]grpc.ServerOption) *grpc.Server {
	return func(options []grpc.ServerOption) *grpc.Server {
		server := grpc.NewServer(options...)
		server.RegisterService(&service, nil)
		return server
	}
}

// deaf is a server that answers go-plugin's first question, and after that neither health nor reflection.
func deaf(options []grpc.ServerOption) *grpc.Server {
	asked := false
	return grpc.NewServer(append(options,
		grpc.UnaryInterceptor(func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
			if info.FullMethod == "/grpc.health.v1.Health/Check" && asked {
				<-ctx.Done()
			}
			asked = true
			return handle(ctx, request)
		}),
		grpc.StreamInterceptor(func(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
			if strings.HasPrefix(info.FullMethod, "/grpc.reflection.") {
				<-stream.Context().Done()
			}
			return handle(server, stream)
		}))...)
}

type netRPC struct{}

func (netRPC) Server(*plugin.MuxBroker) (any, error) { return struct{}{}, nil }

func (netRPC) Client(*plugin.MuxBroker, *rpc.Client) (any, error) { return nil, nil }

type grpcTest struct{ plugin.NetRPCUnsupportedPlugin }

func (grpcTest) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	testpb.RegisterTestServiceServer(server, testService{})
	return nil
}

func (grpcTest) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, nil
}

// testService is gRPC's own test service, with a method of each shape.
type testService struct {
	testpb.UnimplementedTestServiceServer
}

// UnaryCall answers with the payload of the request and the users in its header, or with the error that the request asks for.
func (testService) UnaryCall(ctx context.Context, in *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	if in.GetFillServerId() {
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	if in.GetResponseSize() == 77 {
		go panic(77) // which gRPC cannot answer
		<-ctx.Done()
	}
	want := in.GetResponseStatus()
	if want.GetCode() == 0 {
		header, _ := metadata.FromIncomingContext(ctx)
		return &testpb.SimpleResponse{Payload: in.GetPayload(), Username: strings.Join(slices.Concat(header["user"], header["user-bin"]), ",")}, nil
	}
	st, err := status.New(codes.Code(want.GetCode()), want.GetMessage()).WithDetails(&errdetails.ErrorInfo{Reason: "GONE", Domain: "test"})
	if err != nil {
		return nil, err
	}
	p := st.Proto()
	p.Details = append(p.Details, &anypb.Any{TypeUrl: "example.com/unknown.Message", Value: []byte("abc")})
	return nil, status.FromProto(p).Err()
}

// StreamingOutputCall answers with a payload for each size that the request has; after a size of 99, with an error.
func (testService) StreamingOutputCall(in *testpb.StreamingOutputCallRequest, stream grpc.ServerStreamingServer[testpb.StreamingOutputCallResponse]) error {
	for _, parameters := range in.GetResponseParameters() {
		if parameters.GetSize() == 99 {
			return status.Error(codes.DataLoss, "no 99")
		}
		payload := &testpb.Payload{Body: make([]byte, parameters.GetSize())}
		if err := stream.Send(&testpb.StreamingOutputCallResponse{Payload: payload}); err != nil {
			return err
		}
	}
	return nil
}

// StreamingInputCall answers with the size of all payloads.
func (testService) StreamingInputCall(stream grpc.ClientStreamingServer[testpb.StreamingInputCallRequest, testpb.StreamingInputCallResponse]) error {
	size := 0
	for {
		in, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(&testpb.StreamingInputCallResponse{AggregatedPayloadSize: int32(size)})
		}
		if err != nil {
			return err
		}
		size += len(in.GetPayload().GetBody())
	}
}

// FullDuplexCall answers each request with its payload, and ends after one without.
func (testService) FullDuplexCall(stream grpc.BidiStreamingServer[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse]) error {
	for {
		in, err := stream.Recv()
		if err == io.EOF || err == nil && in.GetPayload() == nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&testpb.StreamingOutputCallResponse{Payload: in.GetPayload()}); err != nil {
			return err
		}
	}
}

// target returns the plugin that behaves so.
func target(t *testing.T, behaviour string) Target {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Target{
		Path: binary, Args: []string{behaviour}, Cookies: []Cookie{testCookie},
		StartTimeout: 2 * time.Minute, Logger: hclog.NewNullLogger(),
	}
}

// start starts a plugin, and closes it with the test.
func start(t *testing.T, target Target) *Plugin {
	t.Helper()
	p, err := target.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}
