package behaviour

import (
	"context"
	"iter"
	"os"
	"testing"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// Nothing that one side changes reaches the other, as between processes.
func TestInProcessIsolates(t *testing.T) {
	verifyNoLeak(t)
	kept := []byte("kept")
	client := pb.NewInProcessClient(pb.PluginSet{Stream: stream{
		count: func(context.Context, int64, int64) iter.Seq2[[]byte, error] {
			return func(yield func([]byte, error) bool) { yield(kept, nil) }
		},
		echo: func(_ context.Context, in iter.Seq2[*pb.Event, error]) iter.Seq2[*pb.Event, error] {
			return func(yield func(*pb.Event, error) bool) {
				for event, err := range in {
					event.Text = "changed"
					if !yield(event, err) {
						return
					}
				}
			}
		},
	}})
	defer client.Kill()
	remote, err := pb.DispenseStream(client)
	if err != nil {
		t.Fatal(err)
	}
	for payload, err := range remote.Count(t.Context(), 1, 0) {
		if err != nil {
			t.Fatal(err)
		}
		payload[0] = 'X'
	}
	if string(kept) != "kept" {
		t.Errorf("the host changed the plugin's %q", kept)
	}
	sent := &pb.Event{Text: "sent"}
	got, err := collect(remote.Echo(t.Context(), func(yield func(*pb.Event, error) bool) { yield(sent, nil) }))
	if err != nil || len(got) != 1 || got[0].Text != "changed" || sent.Text != "sent" {
		t.Errorf("got %v, %v after sending %v", got, err, sent)
	}
}

// A client that nobody used starts nothing, and one that was killed has ended.
func TestInProcessKill(t *testing.T) {
	verifyNoLeak(t)
	unused := pb.NewInProcessClient(pb.PluginSet{})
	unused.Kill()
	used := pb.NewInProcessClient(pb.PluginSet{Callback: new(calling)})
	remote, err := pb.DispenseCallback(used)
	if err != nil {
		t.Fatal(err)
	}
	used.Kill()
	used.Kill()
	if !used.Exited() {
		t.Error("the client says that the plugin lives")
	}
	if _, err := remote.Add(t.Context(), adding{}, 1, 2, false); err == nil {
		t.Error("a killed plugin answered")
	}
}

// Messages may be as large as between processes.
func TestInProcessTakesLargeMessages(t *testing.T) {
	verifyNoLeak(t)
	client := pb.NewInProcessClient(pb.PluginSet{Stream: stream{sum: func(_ context.Context, in iter.Seq2[int64, error]) (int64, error) {
		var sum int64
		for n, err := range in {
			if err != nil {
				return 0, err
			}
			sum += n
		}
		return sum, nil
	}, count: func(_ context.Context, _, size int64) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) { yield(make([]byte, size), nil) }
	}}})
	defer client.Kill()
	remote, err := pb.DispenseStream(client)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(os.Getpagesize()) << 11 // 8 MiB and more
	for payload, err := range remote.Count(t.Context(), 1, size) {
		if err != nil || int64(len(payload)) != size {
			t.Errorf("got %d bytes, %v, want %d", len(payload), err, size)
		}
	}
	if sum, err := remote.Sum(t.Context(), numbers(1000, nil)); sum != 499_500 || err != nil {
		t.Errorf("got %d, %v", sum, err)
	}
}
