package pythontest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
)

// values yields values, then err, if there is one.
func values[T any](list []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// collect ranges over a stream to its end or first error.
func collect[T any](in iter.Seq2[T, error]) (list []T, err error) {
	for element, err := range in {
		if err != nil {
			return list, err
		}
		list = append(list, element)
	}
	return list, nil
}

// One plugin answers rpcs of every shape.
func TestShapes(t *testing.T) {
	h := start(t, nil)
	protocol, err := h.client.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.Ping(); err != nil {
		t.Errorf("ping: %v", err)
	}
	kv, stream, blob := h.kv(t), h.stream(t), h.blob(t)
	if err := kv.Put(t.Context(), "key", []byte("value")); err != nil {
		t.Fatal(err)
	}
	if value, err := kv.Get(t.Context(), "key"); err != nil || string(value) != "value" {
		t.Errorf("unary: got %q, %v", value, err)
	}
	if value, err := kv.Get(t.Context(), "huge"); err != nil || len(value) != 8<<20 {
		t.Errorf("8 MiB: got %d bytes, %v", len(value), err)
	}
	if list, err := collect(stream.Count(t.Context(), 3, 5)); err != nil || len(list) != 3 || len(list[2]) != 5 {
		t.Errorf("server stream: got %v, %v", list, err)
	}
	if sum, err := stream.Sum(t.Context(), values([]int64{1, 2, 39}, nil)); err != nil || sum != 42 {
		t.Errorf("client stream: got %d, %v", sum, err)
	}
	events := []*behaviourpb.Event{{Id: 1, Text: "a"}, {Id: 2, Text: "b"}}
	if list, err := collect(stream.Echo(t.Context(), values(events, nil))); err != nil || len(list) != 2 || list[1].GetText() != "b" {
		t.Errorf("bidi stream: got %v, %v", list, err)
	}
	if size, err := blob.Save(t.Context(), bytes.NewReader(make([]byte, 300_000))); err != nil || size != 300_000 {
		t.Errorf("writer: got %d, %v", size, err)
	}
	checkReader(t, "reader", 200_000, func() (io.ReadCloser, error) { return blob.Open(t.Context(), 200_000) })
	checkReader(t, "mirror", 100_000, func() (io.ReadCloser, error) {
		return blob.Mirror(t.Context(), bytes.NewReader(make([]byte, 100_000)))
	})
}

func checkReader(t *testing.T, what string, size int, open func() (io.ReadCloser, error)) {
	t.Helper()
	r, err := open()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || len(data) != size {
		t.Errorf("%s: got %d bytes, %v, want %d", what, len(data), err, size)
	}
}

// What a plugin raises arrives as a Go plugin's error would.
func TestErrors(t *testing.T) {
	h := start(t, nil)
	kv, stream, blob, callback := h.kv(t), h.stream(t), h.blob(t), h.callback(t)
	deadline, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	for what, test := range map[string]struct {
		call func() error
		is   error
		code codes.Code
		text string
	}{
		"a declared error":         {func() error { _, err := kv.Get(t.Context(), "x"); return err }, kvv1.ErrNotFound, codes.NotFound, `key "x": not found`},
		"one of a stream":          {func() error { _, err := collect(stream.Count(t.Context(), 99, 1)); return err }, behaviourpb.ErrTorn, codes.DataLoss, "torn"},
		"one before any byte":      {func() error { _, err := blob.Open(t.Context(), -1); return err }, behaviourpb.ErrTorn, codes.DataLoss, "no blob"},
		"a status":                 {func() error { _, err := callback.Add(t.Context(), nil, 1, 2, false); return err }, nil, codes.FailedPrecondition, "no helper"},
		"any exception":            {func() error { _, err := kv.Get(t.Context(), "fail"); return err }, nil, codes.Unknown, "ValueError: not this key"},
		"a method that is missing": {func() error { return callback.Die(t.Context(), nil) }, errors.ErrUnsupported, codes.Unimplemented, "goplugin.behaviour.v1.CallbackService/Die is not implemented"},
		"a deadline":               {func() error { _, err := kv.Get(deadline, "hang"); return err }, context.DeadlineExceeded, codes.DeadlineExceeded, "context deadline exceeded"},
	} {
		t.Run(what, func(t *testing.T) {
			err := test.call()
			if err == nil || err.Error() != test.text || status.Code(err) != test.code || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("got %v with code %v, want %q with code %v that is %v", err, status.Code(err), test.text, test.code, test.is)
			}
		})
	}
	eventually(t, "the traceback is in the log", func() bool { return strings.Contains(h.log.String(), "Traceback") })
}

// A host that stops early ends the plugin's side, too.
func TestCancel(t *testing.T) {
	h := start(t, nil)
	kv, stream := h.kv(t), h.stream(t)
	for range stream.Count(t.Context(), 1<<40, 1000) {
		break
	}
	cancelled, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := kv.Get(cancelled, "hang"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the context", err)
	}
	broken := errors.New("broken input")
	if _, err := stream.Sum(t.Context(), values([]int64{1}, broken)); !errors.Is(err, broken) {
		t.Errorf("got %v, want the input's own error", err)
	}
	for _, key := range []string{"count ended", "hang ended", "sum cancelled"} {
		eventually(t, key, func() bool {
			value, err := kv.Get(t.Context(), key)
			return err == nil && string(value) == "yes"
		})
	}
}

// adding is the host's helper. Twice lets the helper that it is passed add, which the plugin serves.
type adding struct {
	behaviourpb.UnimplementedHelper
}

func (adding) Sum(_ context.Context, a, b int64) (int64, error) {
	if a < 0 {
		return 0, behaviourpb.ErrTorn
	}
	return a + b, nil
}

func (adding) Twice(ctx context.Context, helper behaviourpb.Helper, a, b int64) (int64, error) {
	return helper.Sum(ctx, a, b)
}

// checkCallbacks calls back and forth.
func checkCallbacks(t *testing.T, callback behaviourpb.Callback) {
	t.Helper()
	if sum, err := callback.Add(t.Context(), adding{}, 1, 2, false); err != nil || sum != 3 {
		t.Errorf("the plugin calls the host: got %d, %v", sum, err)
	}
	if sum, err := callback.Add(t.Context(), adding{}, 1, 2, true); err != nil || sum != 6 {
		t.Errorf("the host calls what the plugin passes it: got %d, %v", sum, err)
	}
	if sums, err := collect(callback.Watch(t.Context(), adding{}, 3)); err != nil || !slices.Equal(sums, []int64{0, 2, 4}) {
		t.Errorf("during a stream: got %v, %v", sums, err)
	}
	if _, err := callback.Add(t.Context(), adding{}, -1, 2, false); !errors.Is(err, behaviourpb.ErrTorn) {
		t.Errorf("an error of the host's: got %v", err)
	}
}

func TestCallbacks(t *testing.T) {
	callback := start(t, nil).callback(t)
	checkCallbacks(t, callback)
	if err := callback.Stash(t.Context(), adding{}); err != nil {
		t.Fatal(err)
	}
	if _, err := callback.AddKept(t.Context(), 1, 2); err == nil || !strings.Contains(err.Error(), "the callback has ended with the call that passed it") {
		t.Errorf("after its call: got %v", err)
	}
	if err := callback.Keep(t.Context(), adding{}); err != nil {
		t.Fatal(err)
	}
	if sum, err := callback.AddKept(t.Context(), 1, 2); err != nil || sum != 3 {
		t.Errorf("one that lives on: got %d, %v", sum, err)
	}
}
