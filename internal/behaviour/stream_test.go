package behaviour

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// stream is an implementation made of functions. Each also tells ended how its iterator ended.
type stream struct {
	pb.UnimplementedStream
	count func(ctx context.Context, limit, size int64) iter.Seq2[[]byte, error]
	sum   func(ctx context.Context, in iter.Seq2[int64, error]) (int64, error)
	echo  func(ctx context.Context, in iter.Seq2[*pb.Event, error]) iter.Seq2[*pb.Event, error]
}

func (s stream) Count(ctx context.Context, limit, size int64) iter.Seq2[[]byte, error] {
	return s.count(ctx, limit, size)
}

func (s stream) Sum(ctx context.Context, in iter.Seq2[int64, error]) (int64, error) {
	return s.sum(ctx, in)
}

func (s stream) Echo(ctx context.Context, in iter.Seq2[*pb.Event, error]) iter.Seq2[*pb.Event, error] {
	return s.echo(ctx, in)
}

func TestServerStream(t *testing.T) {
	remote := connect(t, stream{count: func(_ context.Context, limit, _ int64) iter.Seq2[[]byte, error] {
		return single(limit, nil)
	}})
	sequence := remote.Count(t.Context(), 3, 0)
	for range 2 { // each range is a call of its own
		got, err := collect(sequence)
		if err != nil || len(got) != 3 || got[2][0] != 2 {
			t.Errorf("got %v, %v, want three payloads", got, err)
		}
	}
	if got, err := collect(remote.Count(t.Context(), 0, 0)); err != nil || len(got) != 0 {
		t.Errorf("empty stream: got %v, %v", got, err)
	}
}

// Breaking out of the loop ends the implementation's iterator and its context.
func TestServerStreamBreak(t *testing.T) {
	ended := make(chan error, 1)
	remote := connect(t, stream{count: func(ctx context.Context, _, size int64) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			for yield(make([]byte, size), nil) {
			}
			<-ctx.Done()
			ended <- ctx.Err()
		}
	}})
	for _, err := range remote.Count(t.Context(), 0, 1<<10) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the implementation's context ended with %v", err)
	}
}

func TestServerStreamCancel(t *testing.T) {
	ended := make(chan struct{})
	remote := connect(t, stream{count: func(ctx context.Context, _, _ int64) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			defer close(ended)
			yield([]byte{1}, nil)
			<-ctx.Done()
			yield(nil, ctx.Err())
		}
	}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range remote.Count(ctx, 0, 0) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", last)
	}
	<-ended
}

func TestServerStreamErrors(t *testing.T) {
	torn := fmt.Errorf("page 7: %w", pb.ErrTorn)
	tests := map[string]struct {
		fail error
		is   error
		code codes.Code
		text string
	}{
		"sentinel": {torn, pb.ErrTorn, codes.DataLoss, "page 7: torn"},
		"plain":    {errors.New("plain"), nil, codes.Unknown, "plain"},
		"status":   {status.Error(codes.NotFound, "gone"), nil, codes.NotFound, "gone"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			remote := connect(t, stream{count: func(_ context.Context, limit, _ int64) iter.Seq2[[]byte, error] {
				return single(limit, test.fail)
			}})
			got, err := collect(remote.Count(t.Context(), 2, 0))
			if len(got) != 2 || err == nil || err.Error() != test.text || status.Code(err) != test.code {
				t.Errorf("got %d elements and error %v with code %v, want 2 and %q with %v", len(got), err, status.Code(err), test.text, test.code)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
		})
	}
}

func TestServerStreamPanic(t *testing.T) {
	remote := connect(t, stream{count: func(context.Context, int64, int64) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			yield([]byte{1}, nil)
			panic("out of paper")
		}
	}})
	got, err := collect(remote.Count(t.Context(), 0, 0))
	if len(got) != 1 || status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "out of paper") {
		t.Errorf("got %d elements, %v; want one and an Internal error with the panic", len(got), err)
	}
}

func TestUnimplementedStreams(t *testing.T) {
	remote := connect(t, pb.UnimplementedStream{})
	_, err1 := collect(remote.Count(t.Context(), 1, 1))
	_, err2 := remote.Sum(t.Context(), numbers(1, nil))
	_, err3 := collect(remote.Echo(t.Context(), events(1, nil)))
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("got %v, want errors.ErrUnsupported", err)
		}
	}
}

// A slow reader holds the writer back: what is under way is bounded by the flow-control windows.
func TestServerStreamBackPressure(t *testing.T) {
	const size, limit = 64 << 10, 10_000
	yielded := make(chan int64, 1)
	remote := connect(t, stream{count: func(ctx context.Context, _, _ int64) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			n := int64(0)
			for n < limit && yield(make([]byte, size), nil) {
				n++
			}
			yielded <- n
		}
	}})
	for _, err := range remote.Count(t.Context(), limit, size) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if n := <-yielded; n == limit {
		t.Errorf("the writer yielded all %d payloads to a reader that took one", n)
	}
}

func TestClientStream(t *testing.T) {
	remote := connect(t, stream{sum: func(_ context.Context, in iter.Seq2[int64, error]) (int64, error) {
		list, err := collect(in)
		sum := int64(0)
		for _, n := range list {
			sum += n
		}
		return sum, err
	}})
	for _, n := range []int64{0, 1, 1000} {
		if sum, err := remote.Sum(t.Context(), numbers(n, nil)); err != nil || sum != n*(n-1)/2 {
			t.Errorf("sum of %d numbers: got %d, %v", n, sum, err)
		}
	}
}

// An error of the input comes back as itself, and the implementation sees the call cancelled.
func TestClientStreamInputError(t *testing.T) {
	seen := make(chan error, 1)
	remote := connect(t, stream{sum: func(_ context.Context, in iter.Seq2[int64, error]) (int64, error) {
		_, err := collect(in)
		seen <- err
		return 0, err
	}})
	mine := errors.New("my disk is gone")
	if _, err := remote.Sum(t.Context(), numbers(5, mine)); !errors.Is(err, mine) || err.Error() != mine.Error() {
		t.Errorf("got %v, want the input's error itself", err)
	}
	if err := <-seen; !errors.Is(err, context.Canceled) {
		t.Errorf("the implementation saw %v, want context.Canceled", err)
	}
}

func TestClientStreamInputPanic(t *testing.T) {
	seen := make(chan error, 1)
	remote := connect(t, stream{sum: func(_ context.Context, in iter.Seq2[int64, error]) (int64, error) {
		_, err := collect(in)
		seen <- err
		return 0, err
	}})
	defer func() {
		if r := recover(); r != "no more numbers" {
			t.Errorf("recovered %v, want the input's panic", r)
		}
		if err := <-seen; !errors.Is(err, context.Canceled) {
			t.Errorf("the implementation saw %v, want context.Canceled", err)
		}
	}()
	_, err := remote.Sum(t.Context(), func(func(int64, error) bool) { panic("no more numbers") })
	t.Errorf("returned %v, want a panic", err)
}

// An implementation that has heard enough answers, and an endless input ends.
func TestClientStreamEarlyAnswer(t *testing.T) {
	full := errors.New("full")
	tests := map[string]error{"answer": nil, "error": full}
	for name, fail := range tests {
		t.Run(name, func(t *testing.T) {
			remote := connect(t, stream{sum: func(_ context.Context, in iter.Seq2[int64, error]) (int64, error) {
				for n, err := range in {
					if n == 3 || err != nil {
						break
					}
				}
				return 42, fail
			}})
			sum, err := remote.Sum(t.Context(), numbers(1<<62, nil))
			if fail == nil && (sum != 42 || err != nil) {
				t.Errorf("got %d, %v, want the answer", sum, err)
			}
			if fail != nil && (err == nil || err.Error() != "full") {
				t.Errorf("got %v, want the error", err)
			}
		})
	}
}

// events yields n events, then err, if there is one.
func events(n int64, err error) iter.Seq2[*pb.Event, error] {
	return func(yield func(*pb.Event, error) bool) {
		for i, err := range numbers(n, err) {
			if !yield(&pb.Event{Id: i}, err) {
				return
			}
		}
	}
}

// same is an implementation of Echo.
func same(_ context.Context, in iter.Seq2[*pb.Event, error]) iter.Seq2[*pb.Event, error] { return in }

func TestBidiStream(t *testing.T) {
	remote := connect(t, stream{echo: same})
	got, err := collect(remote.Echo(t.Context(), events(100, nil)))
	ids := slices.Collect(func(yield func(int64) bool) {
		for _, event := range got {
			if !yield(event.GetId()) {
				return
			}
		}
	})
	if err != nil || len(ids) != 100 || !slices.IsSorted(ids) {
		t.Errorf("got %v, %v, want 100 events in order", ids, err)
	}
}

// A break ends an endless input and the implementation.
func TestBidiStreamBreak(t *testing.T) {
	ended := make(chan struct{})
	remote := connect(t, stream{echo: func(_ context.Context, in iter.Seq2[*pb.Event, error]) iter.Seq2[*pb.Event, error] {
		return func(yield func(*pb.Event, error) bool) {
			defer close(ended)
			in(yield)
		}
	}})
	for event, err := range remote.Echo(t.Context(), events(1<<62, nil)) {
		if err != nil {
			t.Fatal(err)
		}
		if event.GetId() == 10 {
			break
		}
	}
	<-ended
}

func TestBidiStreamInputError(t *testing.T) {
	seen := make(chan error, 1)
	remote := connect(t, stream{echo: func(ctx context.Context, in iter.Seq2[*pb.Event, error]) iter.Seq2[*pb.Event, error] {
		return func(yield func(*pb.Event, error) bool) {
			in(yield)
			<-ctx.Done()
			seen <- ctx.Err()
		}
	}})
	mine := errors.New("my disk is gone")
	if _, err := collect(remote.Echo(t.Context(), events(3, mine))); !errors.Is(err, mine) || err.Error() != mine.Error() {
		t.Errorf("got %v, want the input's error itself", err)
	}
	if err := <-seen; !errors.Is(err, context.Canceled) {
		t.Errorf("the implementation saw %v, want context.Canceled", err)
	}
}

// A panic of the input is one of the goroutine that made the call, not of the process.
func TestBidiStreamInputPanic(t *testing.T) {
	remote := connect(t, stream{echo: same})
	defer func() {
		if r := recover(); r != "no more events" {
			t.Errorf("recovered %v, want the input's panic", r)
		}
	}()
	_, err := collect(remote.Echo(t.Context(), func(func(*pb.Event, error) bool) { panic("no more events") }))
	t.Errorf("returned %v, want a panic", err)
}

func TestBidiStreamEarlyEnd(t *testing.T) {
	remote := connect(t, stream{echo: func(context.Context, iter.Seq2[*pb.Event, error]) iter.Seq2[*pb.Event, error] {
		return events(2, pb.ErrTorn)
	}})
	got, err := collect(remote.Echo(t.Context(), events(1<<62, nil)))
	if len(got) != 2 || !errors.Is(err, pb.ErrTorn) {
		t.Errorf("got %d events, %v, want two and ErrTorn", len(got), err)
	}
}
