package behaviour

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// open opens a blob, which must work.
func open(ctx context.Context, t *testing.T, remote pb.Blob) io.ReadCloser {
	t.Helper()
	r, err := remote.Open(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOpen(t *testing.T) {
	readers := map[string]func(io.Reader) io.Reader{
		"as it is":          func(r io.Reader) io.Reader { return r },
		"halves":            iotest.HalfReader,
		"data with the end": iotest.DataErrReader,
	}
	for name, wrap := range readers {
		for _, size := range []int{0, 1, 1 << 16, 200_000} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				content := random(size)
				remote := connectBlob(t, opening(newSource(t, wrap(bytes.NewReader(content)))))
				r := open(t.Context(), t, remote)
				if err := iotest.TestReader(r, content); err != nil {
					t.Error(err)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// io.Copy takes the WriteTo of the reader.
func TestOpenCopy(t *testing.T) {
	content := random(1<<20 + 1)
	remote := connectBlob(t, opening(newSource(t, bytes.NewReader(content))))
	var got bytes.Buffer
	r := open(t.Context(), t, remote)
	if n, err := io.Copy(&got, r); err != nil || n != int64(len(content)) || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("copied %d bytes, %v, want %d and the same", n, err, len(content))
	}
	if n, err := io.Copy(&got, r); n != 0 || err != nil {
		t.Errorf("copied %d bytes behind the end, %v", n, err)
	}
}

// A writer that fails ends the copy with its error, and the rest can still be read.
func TestOpenCopyToFailingWriter(t *testing.T) {
	content := random(100)
	remote := connectBlob(t, opening(newSource(t, bytes.NewReader(content))))
	r := open(t.Context(), t, remote)
	full := errors.New("disk full")
	reader, writer := io.Pipe()
	go func() {
		_, _ = io.CopyN(io.Discard, reader, 10)
		_ = reader.CloseWithError(full)
	}()
	if n, err := io.Copy(writer, r); n != 10 || !errors.Is(err, full) {
		t.Errorf("copied %d bytes, %v, want 10 and the writer's error", n, err)
	}
	if rest, err := io.ReadAll(r); err != nil || !bytes.Equal(rest, content[10:]) {
		t.Errorf("read %d bytes, %v, want the other 90", len(rest), err)
	}
}

func TestOpenFails(t *testing.T) {
	remote := connectBlob(t, blob{open: func(context.Context, int64) (io.ReadCloser, error) {
		return nil, fmt.Errorf("page 7: %w", pb.ErrTorn)
	}})
	r, err := remote.Open(t.Context(), 0)
	if r != nil || !errors.Is(err, pb.ErrTorn) || err.Error() != "page 7: torn" || status.Code(err) != codes.DataLoss {
		t.Errorf("got %v, %v, want ErrTorn from Open itself", r, err)
	}
}

func TestOpenReturnsNoReader(t *testing.T) {
	remote := connectBlob(t, opening(nil))
	r, err := remote.Open(t.Context(), 0)
	if r != nil || status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "BlobService/Open returned neither a reader nor an error") {
		t.Errorf("got %v, %v, want an error that says what is missing", r, err)
	}
}

func TestUnimplementedBlob(t *testing.T) {
	remote := connectBlob(t, pb.UnimplementedBlob{})
	_, err1 := remote.Open(t.Context(), 1)
	_, err2 := remote.Save(t.Context(), zeros())
	_, err3 := remote.Mirror(t.Context(), zeros())
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("got %v, want errors.ErrUnsupported", err)
		}
	}
}

// What was read before an error arrives before the error, which stays.
func TestOpenFailsInMidStream(t *testing.T) {
	content := random(200_000)
	remote := connectBlob(t, opening(newSource(t, failing(content, fmt.Errorf("page 7: %w", pb.ErrTorn)))))
	r := open(t.Context(), t, remote)
	got, err := io.ReadAll(r)
	if !bytes.Equal(got, content) || !errors.Is(err, pb.ErrTorn) || err.Error() != "page 7: torn" {
		t.Errorf("got %d bytes, %v, want %d and ErrTorn", len(got), err, len(content))
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, pb.ErrTorn) {
		t.Errorf("read behind the error: %v, want it again", err)
	}
}

// An error of the implementation's Close comes where the end would have been, unless there is an error already.
func TestOpenCloseFails(t *testing.T) {
	tests := map[string]struct {
		read error
		want string
	}{
		"at the end":     {io.EOF, "half written: torn"},
		"after an error": {errors.New("head crashed"), "head crashed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			src := newSource(t, failing([]byte("some"), test.read))
			src.closeErr = fmt.Errorf("half written: %w", pb.ErrTorn)
			remote := connectBlob(t, opening(src))
			got, err := io.ReadAll(open(t.Context(), t, remote))
			if string(got) != "some" || err == nil || err.Error() != test.want {
				t.Errorf("got %q, %v, want some bytes and %q", got, err, test.want)
			}
		})
	}
}

func TestOpenReaderPanics(t *testing.T) {
	out := func([]byte) (int, error) { panic("out of paper") }
	remote := connectBlob(t, opening(newSource(t, io.MultiReader(strings.NewReader("some"), readerFunc(out)))))
	got, err := io.ReadAll(open(t.Context(), t, remote))
	if string(got) != "some" || status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "out of paper") {
		t.Errorf("got %q, %v; want some bytes and an Internal error with the panic", got, err)
	}
}

// Close before the end ends the implementation's context and closes its reader.
func TestOpenCloseEarly(t *testing.T) {
	src := newSource(t, zeros())
	ended := make(chan context.Context, 1)
	remote := connectBlob(t, blob{open: func(ctx context.Context, _ int64) (io.ReadCloser, error) {
		ended <- ctx
		return src, nil
	}})
	r := open(t.Context(), t, remote)
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	<-src.closed
	if err := (<-ended).Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("the implementation's context ended with %v", err)
	}
	if n, err := r.Read(make([]byte, 10)); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("Read after Close: %d bytes, %v, want os.ErrClosed", n, err)
	}
	if n, err := io.Copy(io.Discard, r); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("Copy after Close: %d bytes, %v, want os.ErrClosed", n, err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// waiting returns an implementation whose reader gives some bytes and then waits until its context ends.
func waiting(t *testing.T, some string) blob {
	src := newSource(t, nil)
	return blob{open: func(ctx context.Context, _ int64) (io.ReadCloser, error) {
		src.Reader = io.MultiReader(strings.NewReader(some), readerFunc(func([]byte) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		}))
		return src, nil
	}}
}

// Open returns before there is a byte to read, and Close ends a Read that waits for one.
func TestOpenCloseBesideRead(t *testing.T) {
	remote := connectBlob(t, waiting(t, ""))
	r := open(t.Context(), t, remote)
	read := make(chan error)
	go func() {
		_, err := r.Read(make([]byte, 1))
		read <- err
	}()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := <-read; !errors.Is(err, os.ErrClosed) {
		t.Errorf("Read ended with %v, want os.ErrClosed", err)
	}
}

func TestOpenCancel(t *testing.T) {
	remote := connectBlob(t, waiting(t, "some"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := open(ctx, t, remote)
	if _, err := io.ReadFull(r, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := r.Read(make([]byte, 1))
		read <- err
	}()
	cancel()
	if err := <-read; !errors.Is(err, context.Canceled) {
		t.Errorf("Read ended with %v, want context.Canceled", err)
	}
}
