package handwritten

import (
	"context"
	"io"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// Feed streams. What it answers with goes to each, one element a call; what it takes comes from next, whose error is
// io.EOF behind the last element.
type Feed interface {
	Count(ctx context.Context, n int64, each func(number int64) error) error
	Sum(ctx context.Context, next func() (int64, error)) (int64, error)
	Double(ctx context.Context, next func() (int64, error), each func(number int64) error) error
	Record(ctx context.Context, n int64, each func(*benchpb.Sample) error) error
	Store(ctx context.Context, next func() (*benchpb.Sample, error)) (int64, error)
	Scale(ctx context.Context, next func() (*benchpb.Sample, error), each func(*benchpb.Sample) error) error
}

// FeedPlugin is the plugin.GRPCPlugin of Feed.
type FeedPlugin struct {
	plugin.Plugin
	Impl Feed
}

// GRPCServer registers Impl on a plugin's server.
func (p *FeedPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	benchpb.RegisterFeedServiceServer(s, &FeedServer{Impl: p.Impl})
	return nil
}

// GRPCClient returns the Feed at the other end of a connection.
func (*FeedPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return &FeedClient{client: benchpb.NewFeedServiceClient(c)}, nil
}

// FeedClient is a Feed that talks over gRPC.
type FeedClient struct{ client benchpb.FeedServiceClient }

// Count implements Feed.
func (m *FeedClient) Count(ctx context.Context, n int64, each func(int64) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := m.client.Count(ctx, &benchpb.CountRequest{N: n})
	if err != nil {
		return err
	}
	for {
		resp, err := stream.Recv()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(resp.Number); err != nil {
			return err
		}
	}
}

// Sum implements Feed.
func (m *FeedClient) Sum(ctx context.Context, next func() (int64, error)) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := m.client.Sum(ctx)
	if err != nil {
		return 0, err
	}
	for {
		number, err := next()
		if err == io.EOF {
			break
		} else if err != nil {
			return 0, err
		}
		if stream.Send(&benchpb.SumRequest{Number: number}) != nil {
			break // CloseAndRecv says why
		}
	}
	resp, err := stream.CloseAndRecv()
	if err != nil {
		return 0, err
	}
	return resp.Sum, nil
}

// Double implements Feed.
func (m *FeedClient) Double(ctx context.Context, next func() (int64, error), each func(int64) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := m.client.Double(ctx)
	if err != nil {
		return err
	}
	go func() {
		for {
			number, err := next()
			if err == io.EOF {
				_ = stream.CloseSend()
				return
			} else if err != nil {
				cancel()
				return
			}
			if stream.Send(&benchpb.DoubleRequest{Number: number}) != nil {
				return // Recv says why
			}
		}
	}()
	for {
		resp, err := stream.Recv()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(resp.Number); err != nil {
			return err
		}
	}
}

// FeedServer is the server that FeedClient talks to.
type FeedServer struct {
	benchpb.UnimplementedFeedServiceServer
	Impl Feed
}

// Count answers rpc Count.
func (m *FeedServer) Count(req *benchpb.CountRequest, srv benchpb.FeedService_CountServer) error {
	return m.Impl.Count(srv.Context(), req.N, func(number int64) error {
		return srv.Send(&benchpb.CountResponse{Number: number})
	})
}

// Sum answers rpc Sum.
func (m *FeedServer) Sum(srv benchpb.FeedService_SumServer) error {
	sum, err := m.Impl.Sum(srv.Context(), func() (int64, error) {
		req, err := srv.Recv()
		if err != nil {
			return 0, err
		}
		return req.Number, nil
	})
	if err != nil {
		return err
	}
	return srv.SendAndClose(&benchpb.SumResponse{Sum: sum})
}

// Double answers rpc Double.
func (m *FeedServer) Double(srv benchpb.FeedService_DoubleServer) error {
	return m.Impl.Double(srv.Context(), func() (int64, error) {
		req, err := srv.Recv()
		if err != nil {
			return 0, err
		}
		return req.Number, nil
	}, func(number int64) error {
		return srv.Send(&benchpb.DoubleResponse{Number: number})
	})
}
