package handwritten

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// GreeterClient is a Greeter that talks over gRPC.
type GreeterClient struct{ client benchpb.GreeterServiceClient }

// NewGreeterClient returns a Greeter that calls over cc.
func NewGreeterClient(cc grpc.ClientConnInterface) *GreeterClient {
	return &GreeterClient{client: benchpb.NewGreeterServiceClient(cc)}
}

// Greet implements Greeter.
func (m *GreeterClient) Greet() (string, error) {
	resp, err := m.client.Greet(context.Background(), &emptypb.Empty{})
	if err != nil {
		return "", err
	}
	return resp.Message, nil
}

// GreeterServer is the server that GreeterClient talks to.
type GreeterServer struct {
	benchpb.UnimplementedGreeterServiceServer
	Impl Greeter
}

// Greet answers rpc Greet.
func (m *GreeterServer) Greet(context.Context, *emptypb.Empty) (*benchpb.GreetResponse, error) {
	message, err := m.Impl.Greet()
	return &benchpb.GreetResponse{Message: message}, err
}

// KVClient is a KV that talks over gRPC.
type KVClient struct{ client benchpb.KVServiceClient }

// NewKVClient returns a KV that calls over cc.
func NewKVClient(cc grpc.ClientConnInterface) *KVClient {
	return &KVClient{client: benchpb.NewKVServiceClient(cc)}
}

// Put implements KV.
func (m *KVClient) Put(key string, value []byte) error {
	_, err := m.client.Put(context.Background(), &benchpb.PutRequest{
		Key:   key,
		Value: value,
	})
	return err
}

// Get implements KV.
func (m *KVClient) Get(key string) ([]byte, error) {
	resp, err := m.client.Get(context.Background(), &benchpb.GetRequest{
		Key: key,
	})
	if err != nil {
		return nil, err
	}
	return resp.Value, nil
}

// KVServer is the server that KVClient talks to.
type KVServer struct {
	benchpb.UnimplementedKVServiceServer
	Impl KV
}

// Put answers rpc Put.
func (m *KVServer) Put(_ context.Context, req *benchpb.PutRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, m.Impl.Put(req.Key, req.Value)
}

// Get answers rpc Get.
func (m *KVServer) Get(_ context.Context, req *benchpb.GetRequest) (*benchpb.GetResponse, error) {
	v, err := m.Impl.Get(req.Key)
	return &benchpb.GetResponse{Value: v}, err
}

// EchoClient is an Echo that talks over gRPC.
type EchoClient struct{ client benchpb.EchoServiceClient }

// NewEchoClient returns an Echo that calls over cc.
func NewEchoClient(cc grpc.ClientConnInterface) *EchoClient {
	return &EchoClient{client: benchpb.NewEchoServiceClient(cc)}
}

// Echo implements Echo.
func (m *EchoClient) Echo(payload []byte) ([]byte, error) {
	resp, err := m.client.Echo(context.Background(), &benchpb.EchoRequest{
		Payload: payload,
	})
	if err != nil {
		return nil, err
	}
	return resp.Payload, nil
}

// EchoServer is the server that EchoClient talks to.
type EchoServer struct {
	benchpb.UnimplementedEchoServiceServer
	Impl Echo
}

// Echo answers rpc Echo.
func (m *EchoServer) Echo(_ context.Context, req *benchpb.EchoRequest) (*benchpb.EchoResponse, error) {
	payload, err := m.Impl.Echo(req.Payload)
	return &benchpb.EchoResponse{Payload: payload}, err
}
