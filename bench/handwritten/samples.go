package handwritten

import (
	"context"
	"io"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// Record implements Feed.
func (m *FeedClient) Record(ctx context.Context, n int64, each func(*benchpb.Sample) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := m.client.Record(ctx, &benchpb.RecordRequest{N: n})
	if err != nil {
		return err
	}
	for {
		sample, err := stream.Recv()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(sample); err != nil {
			return err
		}
	}
}

// Store implements Feed.
func (m *FeedClient) Store(ctx context.Context, next func() (*benchpb.Sample, error)) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := m.client.Store(ctx)
	if err != nil {
		return 0, err
	}
	for {
		sample, err := next()
		if err == io.EOF {
			break
		} else if err != nil {
			return 0, err
		}
		if stream.Send(sample) != nil {
			break // CloseAndRecv says why
		}
	}
	resp, err := stream.CloseAndRecv()
	if err != nil {
		return 0, err
	}
	return resp.Sum, nil
}

// Scale implements Feed.
func (m *FeedClient) Scale(ctx context.Context, next func() (*benchpb.Sample, error), each func(*benchpb.Sample) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := m.client.Scale(ctx)
	if err != nil {
		return err
	}
	go func() {
		for {
			sample, err := next()
			if err == io.EOF {
				_ = stream.CloseSend()
				return
			} else if err != nil {
				cancel()
				return
			}
			if stream.Send(sample) != nil {
				return // Recv says why
			}
		}
	}()
	for {
		sample, err := stream.Recv()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(sample); err != nil {
			return err
		}
	}
}

// Record answers rpc Record.
func (m *FeedServer) Record(req *benchpb.RecordRequest, srv benchpb.FeedService_RecordServer) error {
	return m.Impl.Record(srv.Context(), req.N, srv.Send)
}

// Store answers rpc Store.
func (m *FeedServer) Store(srv benchpb.FeedService_StoreServer) error {
	sum, err := m.Impl.Store(srv.Context(), srv.Recv)
	if err != nil {
		return err
	}
	return srv.SendAndClose(&benchpb.StoreResponse{Sum: sum})
}

// Scale answers rpc Scale.
func (m *FeedServer) Scale(srv benchpb.FeedService_ScaleServer) error {
	return m.Impl.Scale(srv.Context(), srv.Recv, srv.Send)
}
