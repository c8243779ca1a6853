package handwritten

import (
	"context"
	"io"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// Blob copies bytes.
type Blob interface {
	Open(ctx context.Context, size int64) (io.ReadCloser, error)
	Save(ctx context.Context, r io.Reader) (int64, error)
}

// Chunks is how bytes are cut into messages.
type Chunks struct {
	Size  int  // in bytes
	Fresh bool // a buffer for each chunk, not one for all
}

// ChunkSize is the usual size of a buffer in Go: that of io.Copy.
const ChunkSize = 32 << 10

// BlobPlugin is the plugin.GRPCPlugin of Blob.
type BlobPlugin struct {
	plugin.Plugin
	Impl   Blob
	Chunks Chunks
}

// GRPCServer registers Impl on a plugin's server.
func (p *BlobPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	benchpb.RegisterBlobServiceServer(s, &BlobServer{Impl: p.Impl, Chunks: p.Chunks})
	return nil
}

// GRPCClient returns the Blob at the other end of a connection.
func (p *BlobPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return &BlobClient{client: benchpb.NewBlobServiceClient(c), chunks: p.Chunks}, nil
}

// send gives the chunks of what a reader reads to each.
func (c Chunks) send(r io.Reader, each func(*benchpb.Chunk) error) error {
	var buffer []byte
	for {
		if buffer == nil || c.Fresh {
			buffer = make([]byte, c.Size)
		}
		n, err := r.Read(buffer)
		if n > 0 {
			if err := each(&benchpb.Chunk{Data: buffer[:n]}); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// BlobClient is a Blob that talks over gRPC.
type BlobClient struct {
	client benchpb.BlobServiceClient
	chunks Chunks
}

// Open implements Blob.
func (m *BlobClient) Open(ctx context.Context, size int64) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := m.client.Open(ctx, &benchpb.OpenRequest{Size: size})
	if err != nil {
		cancel()
		return nil, err
	}
	return &chunkReader{next: stream.Recv, cancel: cancel}, nil
}

// Save implements Blob.
func (m *BlobClient) Save(ctx context.Context, r io.Reader) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := m.client.Save(ctx)
	if err != nil {
		return 0, err
	}
	if err := m.chunks.send(r, stream.Send); err != nil && err != io.EOF { // CloseAndRecv says why
		return 0, err
	}
	resp, err := stream.CloseAndRecv()
	if err != nil {
		return 0, err
	}
	return resp.Size, nil
}

// BlobServer is the server that BlobClient talks to.
type BlobServer struct {
	benchpb.UnimplementedBlobServiceServer
	Impl   Blob
	Chunks Chunks
}

// Open answers rpc Open.
func (m *BlobServer) Open(req *benchpb.OpenRequest, srv benchpb.BlobService_OpenServer) error {
	r, err := m.Impl.Open(srv.Context(), req.Size)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return m.Chunks.send(r, srv.Send)
}

// Save answers rpc Save.
func (m *BlobServer) Save(srv benchpb.BlobService_SaveServer) error {
	size, err := m.Impl.Save(srv.Context(), &chunkReader{next: srv.Recv})
	if err != nil {
		return err
	}
	return srv.SendAndClose(&benchpb.SaveResponse{Size: size})
}

// chunkReader reads what arrives in chunks.
type chunkReader struct {
	next   func() (*benchpb.Chunk, error)
	rest   []byte
	cancel context.CancelFunc
}

func (r *chunkReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		chunk, err := r.next()
		if err != nil {
			return 0, err
		}
		r.rest = chunk.Data
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// WriteTo spares io.Copy a buffer.
func (r *chunkReader) WriteTo(w io.Writer) (written int64, err error) {
	for {
		n, err := w.Write(r.rest)
		written += int64(n)
		if err != nil {
			return written, err
		}
		chunk, err := r.next()
		if err == io.EOF {
			return written, nil
		} else if err != nil {
			return written, err
		}
		r.rest = chunk.Data
	}
}

func (r *chunkReader) Close() error {
	r.cancel()
	return nil
}
