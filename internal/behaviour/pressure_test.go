package behaviour

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// What a stream that nobody reads can hold: the flow-control window of the generated code, and beyond it what gRPC
// takes over from the writer, and the chunk that waits.
const (
	window = 4 << 20
	held   = window + 1<<20
)

// A counting reader never ends.
type counting struct{ given atomic.Int64 }

func (c *counting) Read(p []byte) (int, error) {
	c.given.Add(int64(len(p)))
	return len(p), nil
}

// fill waits until a stream that nobody reads has filled its window, and gives its writer twenty occasions to write
// more: calls over the same connection.
func (c *counting) fill(t *testing.T, remote pb.Blob, windows int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for more := 20; more > 0; {
		if _, err := remote.Peak(ctx); !errors.Is(err, errors.ErrUnsupported) {
			t.Fatalf("%v, when the reader had given %d bytes", err, c.given.Load())
		}
		if c.given.Load() >= windows*window {
			more--
		}
	}
}

func TestOpenSlowReader(t *testing.T) {
	var in counting
	src := newSource(t, &in)
	remote := connectBlob(t, opening(src))
	r := open(t.Context(), t, remote)
	const step = 1 << 20
	for read := int64(0); read < 2*held; read += step {
		in.fill(t, remote, 1)
		if ahead := in.given.Load() - read; ahead > held {
			t.Fatalf("the writer is %d bytes ahead of a reader that took %d, want at most %d", ahead, read, held)
		}
		if _, err := io.CopyN(io.Discard, r, step); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestSaveSlowReader(t *testing.T) {
	const size = 8 * held
	release := make(chan struct{})
	remote := connectBlob(t, blob{save: func(_ context.Context, r io.Reader) (int64, error) {
		<-release
		return io.Copy(io.Discard, r)
	}})
	var in counting
	saved := make(chan int64, 1)
	go func() {
		n, err := remote.Save(t.Context(), io.LimitReader(&in, size))
		if err != nil {
			t.Error(err)
		}
		saved <- n
	}()
	in.fill(t, remote, 1)
	if given := in.given.Load(); given > held {
		t.Errorf("the writer is %d bytes ahead of an implementation that read nothing, want at most %d", given, held)
	}
	close(release)
	if n := <-saved; n != size {
		t.Errorf("saved %d bytes, want %d", n, size)
	}
}

func TestMirrorSlowReader(t *testing.T) {
	remote := connectBlob(t, mirroring(t))
	var in counting
	r := mirror(t, remote, &in)
	in.fill(t, remote, 2)
	if given := in.given.Load(); given > 2*held {
		t.Errorf("the writer is %d bytes ahead of a reader that took nothing, want at most %d", given, 2*held)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
