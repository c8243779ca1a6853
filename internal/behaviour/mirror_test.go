package behaviour

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// mirroring returns an implementation that gives back what it is given.
func mirroring(t *testing.T) blob {
	src := newSource(t, nil)
	return blob{mirror: func(_ context.Context, r io.Reader) (io.ReadCloser, error) {
		src.Reader = r
		return src, nil
	}}
}

// mirror begins a call, which must work.
func mirror(t *testing.T, remote pb.Blob, in io.Reader) io.ReadCloser {
	t.Helper()
	r, err := remote.Mirror(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mirrorAll returns all that comes back, and the error of the call or of the reading: an input that fails early may end
// the one or the other.
func mirrorAll(t *testing.T, remote pb.Blob, in io.Reader) ([]byte, error) {
	t.Helper()
	r, err := remote.Mirror(t.Context(), in)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestMirror(t *testing.T) {
	for _, size := range []int{0, 1, 10 << 20} { // the last is more than both windows hold
		remote := connectBlob(t, mirroring(t))
		content := random(size)
		got, err := mirrorAll(t, remote, bytes.NewReader(content))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("got %d bytes, %v, want %d and the same", len(got), err, size)
		}
	}
}

// An answer waits for what it answers: neither side may wait for the end of the other.
func TestMirrorAnswersInTurn(t *testing.T) {
	remote := connectBlob(t, mirroring(t))
	reader, writer := io.Pipe()
	r := mirror(t, remote, reader)
	for i := range byte(10) {
		if _, err := writer.Write([]byte{i}); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 1)
		if _, err := io.ReadFull(r, answer); err != nil || answer[0] != i {
			t.Errorf("got %v, %v, want %d", answer, err, i)
		}
	}
	_ = writer.Close()
	if rest, err := io.ReadAll(r); len(rest) != 0 || err != nil {
		t.Errorf("got %d more bytes, %v, want the end", len(rest), err)
	}
}

// Close ends an endless input and the implementation.
func TestMirrorCloseEarly(t *testing.T) {
	remote := connectBlob(t, mirroring(t))
	r := mirror(t, remote, zeros())
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Read after Close: %v, want os.ErrClosed", err)
	}
}

func TestMirrorInputError(t *testing.T) {
	seen := make(chan context.Context, 1)
	b := mirroring(t)
	remote := connectBlob(t, blob{mirror: func(ctx context.Context, r io.Reader) (io.ReadCloser, error) {
		seen <- ctx
		return b.mirror(ctx, r)
	}})
	mine := errors.New("my disk is gone")
	if _, err := mirrorAll(t, remote, failing([]byte("some"), mine)); err != mine {
		t.Errorf("got %v, want the input's error itself", err)
	}
	<-(<-seen).Done()
}

// A panic of the input is one of the goroutine that reads, not of the process.
func TestMirrorInputPanic(t *testing.T) {
	remote := connectBlob(t, mirroring(t))
	defer func() {
		if r := recover(); r != "out of paper" {
			t.Errorf("recovered %v, want the input's panic", r)
		}
	}()
	_, err := mirrorAll(t, remote, readerFunc(func([]byte) (int, error) { panic("out of paper") }))
	t.Errorf("returned %v, want a panic", err)
}

// An implementation that ends or refuses early ends an endless input.
func TestMirrorEarlyEnd(t *testing.T) {
	src := newSource(t, failing([]byte("some"), pb.ErrTorn))
	remote := connectBlob(t, blob{mirror: func(context.Context, io.Reader) (io.ReadCloser, error) { return src, nil }})
	got, err := mirrorAll(t, remote, zeros())
	if string(got) != "some" || !errors.Is(err, pb.ErrTorn) {
		t.Errorf("got %q, %v, want some bytes and ErrTorn", got, err)
	}
	refusing := connectBlob(t, blob{mirror: func(context.Context, io.Reader) (io.ReadCloser, error) { return nil, pb.ErrTorn }})
	if r, err := refusing.Mirror(t.Context(), zeros()); r != nil || !errors.Is(err, pb.ErrTorn) {
		t.Errorf("got %v, %v, want ErrTorn from the call itself", r, err)
	}
}
