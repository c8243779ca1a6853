package cookbook

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// store is a plugin of a service with stream=io. It holds one buffer, however large the files are.
type store struct {
	behaviourpb.UnimplementedBlob
	saved bytes.Buffer
}

// Save reads what the host sends to its end.
func (s *store) Save(_ context.Context, r io.Reader) (int64, error) { return io.Copy(&s.saved, r) }

// Open returns a reader, which is read and closed after Open has returned: by the host's pace, and at its Close.
func (s *store) Open(_ context.Context, size int64) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(&s.saved, size)), nil
}

// copyBack sends what it reads to a plugin, and reads the first bytes back.
func copyBack(ctx context.Context, blob behaviourpb.Blob, from io.Reader, to io.Writer, size int64) error {
	if _, err := blob.Save(ctx, from); err != nil {
		return err
	}
	r, err := blob.Open(ctx, size)
	if err != nil {
		return err
	}
	defer r.Close() // ends the call, and the plugin's reader, also where the copy fails
	_, err = io.Copy(to, r)
	return err
}

func TestCopyBack(t *testing.T) {
	client := behaviourpb.NewInProcessClient(behaviourpb.PluginSet{Blob: new(store)})
	defer client.Kill()
	blob, err := behaviourpb.DispenseBlob(client)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := copyBack(t.Context(), blob, strings.NewReader("Lorem ipsum"), &got, 5); err != nil || got.String() != "Lorem" {
		t.Errorf("got %q, %v", got.String(), err)
	}
}
