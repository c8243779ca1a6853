package bytes

import (
	"context"
	"io"
	"iter"
)

// Progress is called back while the bytes are read.
type Progress interface {
	Done(ctx context.Context, n int64) error
}

type Store interface {
	Read(ctx context.Context, key string) (io.ReadCloser, error)
	Callback(ctx context.Context, p Progress) (io.ReadCloser, error)
	Write(ctx context.Context, r io.Reader) error
	Count(ctx context.Context, r io.Reader) (n int64, err error)
	Filter(ctx context.Context, r io.Reader) (io.ReadCloser, error)
	Reader(ctx context.Context) (io.Reader, error)
	NoError(ctx context.Context) io.ReadCloser
	TakeCloser(ctx context.Context, r io.ReadCloser) error
	Copy(ctx context.Context, key string, w io.Writer) error
	Pipe(ctx context.Context, w io.WriteCloser, r io.Reader) error
	Create(ctx context.Context) (io.WriteCloser, error)
	Named(ctx context.Context, key string, r io.Reader) error
	Seeker(ctx context.Context, r io.ReadSeeker) error
	Mixed(ctx context.Context, r io.Reader) iter.Seq2[string, error]
	Header(ctx context.Context) (string, io.ReadCloser, error)
	Inside(ctx context.Context, r []io.Reader) error
}
