package behaviour

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// saving returns an implementation that reads all there is, and tells seen how the reading ended.
func saving(seen chan<- error) blob {
	return blob{save: func(_ context.Context, r io.Reader) (int64, error) {
		n, err := io.Copy(io.Discard, r)
		seen <- err
		return n, err
	}}
}

func TestSave(t *testing.T) {
	var got bytes.Buffer
	remote := connectBlob(t, blob{save: func(_ context.Context, r io.Reader) (int64, error) {
		got.Reset()
		return io.Copy(&got, struct{ io.Reader }{r}) // with Read
	}})
	for _, size := range []int{0, 1, 1 << 16, 1<<20 + 1} {
		content := random(size)
		if n, err := remote.Save(t.Context(), bytes.NewReader(content)); err != nil || n != int64(size) || !bytes.Equal(got.Bytes(), content) {
			t.Errorf("saved %d of %d bytes, %v", n, size, err)
		}
	}
}

// An error of the reader comes back as itself, and the implementation sees the call cancelled.
func TestSaveReaderError(t *testing.T) {
	seen := make(chan error, 1)
	remote := connectBlob(t, saving(seen))
	mine := errors.New("my disk is gone")
	if _, err := remote.Save(t.Context(), failing(random(100_000), mine)); err != mine {
		t.Errorf("got %v, want the reader's error itself", err)
	}
	if err := <-seen; !errors.Is(err, context.Canceled) {
		t.Errorf("the implementation saw %v, want context.Canceled", err)
	}
}

func TestSaveReaderPanics(t *testing.T) {
	seen := make(chan error, 1)
	remote := connectBlob(t, saving(seen))
	defer func() {
		if r := recover(); r != "out of paper" {
			t.Errorf("recovered %v, want the reader's panic", r)
		}
		if err := <-seen; !errors.Is(err, context.Canceled) {
			t.Errorf("the implementation saw %v, want context.Canceled", err)
		}
	}()
	_, err := remote.Save(t.Context(), readerFunc(func([]byte) (int, error) { panic("out of paper") }))
	t.Errorf("returned %v, want a panic", err)
}

func TestSaveCancel(t *testing.T) {
	seen := make(chan error, 1)
	remote := connectBlob(t, saving(seen))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := remote.Save(ctx, readerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if err := <-seen; !errors.Is(err, context.Canceled) {
		t.Errorf("the implementation saw %v, want context.Canceled", err)
	}
}

// An implementation that has read enough answers, and an endless reader is read no more.
func TestSaveEarlyAnswer(t *testing.T) {
	for name, fail := range map[string]error{"answer": nil, "error": pb.ErrTorn} {
		t.Run(name, func(t *testing.T) {
			remote := connectBlob(t, blob{save: func(_ context.Context, r io.Reader) (int64, error) {
				n, err := io.ReadFull(r, make([]byte, 10))
				return int64(n), errors.Join(err, fail)
			}})
			n, err := remote.Save(t.Context(), zeros())
			if fail == nil && (n != 10 || err != nil) {
				t.Errorf("got %d, %v, want the answer", n, err)
			}
			if fail != nil && !errors.Is(err, fail) {
				t.Errorf("got %v, want the error", err)
			}
		})
	}
}

// A reader that an implementation keeps ends with the call.
func TestSaveReadAfterTheCall(t *testing.T) {
	kept := make(chan io.Reader, 1)
	remote := connectBlob(t, blob{save: func(_ context.Context, r io.Reader) (int64, error) {
		kept <- r
		return 0, nil
	}})
	if _, err := remote.Save(t.Context(), zeros()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, <-kept); !errors.Is(err, context.Canceled) {
		t.Errorf("the implementation read up to %v, want context.Canceled", err)
	}
}
