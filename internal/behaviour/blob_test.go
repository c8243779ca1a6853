package behaviour

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// blob is an implementation made of functions.
type blob struct {
	pb.UnimplementedBlob
	open   func(ctx context.Context, size int64) (io.ReadCloser, error)
	save   func(ctx context.Context, r io.Reader) (int64, error)
	mirror func(ctx context.Context, r io.Reader) (io.ReadCloser, error)
}

func (b blob) Open(ctx context.Context, size int64) (io.ReadCloser, error) { return b.open(ctx, size) }

func (b blob) Save(ctx context.Context, r io.Reader) (int64, error) { return b.save(ctx, r) }

func (b blob) Mirror(ctx context.Context, r io.Reader) (io.ReadCloser, error) {
	return b.mirror(ctx, r)
}

// opening returns an implementation whose Open returns r.
func opening(r io.ReadCloser) blob {
	return blob{open: func(context.Context, int64) (io.ReadCloser, error) { return r, nil }}
}

// A source is a reader that an implementation hands out.
type source struct {
	io.Reader
	closes   atomic.Int64
	closed   chan struct{} // closed by Close
	closeErr error
}

// newSource returns a source that must be closed exactly once before the test ends. Make it before the connection, so
// that the check comes when the server has stopped.
func newSource(t *testing.T, r io.Reader) *source {
	t.Helper()
	s := &source{Reader: r, closed: make(chan struct{})}
	t.Cleanup(func() {
		if n := s.closes.Load(); n != 1 {
			t.Errorf("the implementation's reader was closed %d times, want once", n)
		}
	})
	return s
}

func (s *source) Close() error {
	if s.closes.Add(1) == 1 {
		close(s.closed)
	}
	return s.closeErr
}

// A readerFunc is a Read.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// failing returns a reader that gives data, and then err.
func failing(data []byte, err error) io.Reader {
	return io.MultiReader(bytes.NewReader(data), readerFunc(func([]byte) (int, error) { return 0, err }))
}

// zeros never ends.
func zeros() io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		clear(p)
		return len(p), nil
	})
}

// random returns n bytes, always the same.
func random(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data) // never fails
	return data
}
