package behaviour

import (
	"io"
	"sync"
	"testing"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// TestPluginDiesInMidStream calls die when a stream has begun, and goes on until the stream ends.
func TestPluginDiesInMidStream(t *testing.T) {
	tests := map[string]func(t *testing.T, s pb.Stream, b pb.Blob, die func()) error{
		"Count": func(t *testing.T, s pb.Stream, _ pb.Blob, die func()) error {
			for _, err := range s.Count(t.Context(), 0, 1<<10) {
				if err != nil {
					return err
				}
				die()
			}
			return nil
		},
		"Sum": func(t *testing.T, s pb.Stream, _ pb.Blob, die func()) error {
			_, err := s.Sum(t.Context(), func(yield func(int64, error) bool) {
				for i := int64(0); yield(i, nil); i++ {
					if i == 1000 {
						die()
					}
				}
			})
			return err
		},
		"Echo": func(t *testing.T, s pb.Stream, _ pb.Blob, die func()) error {
			for _, err := range s.Echo(t.Context(), events(1<<62, nil)) {
				if err != nil {
					return err
				}
				die()
			}
			return nil
		},
		"Open": func(t *testing.T, _ pb.Stream, b pb.Blob, die func()) error {
			r, err := b.Open(t.Context(), 1<<62)
			if err != nil {
				return err
			}
			return dieInRead(r, die)
		},
		"Save": func(t *testing.T, _ pb.Stream, b pb.Blob, die func()) error {
			_, err := b.Save(t.Context(), io.MultiReader(io.LimitReader(newPattern(), 1<<20), readerFunc(func([]byte) (int, error) {
				die()
				return 0, io.EOF
			}), newPattern()))
			return err
		},
		"Mirror": func(t *testing.T, _ pb.Stream, b pb.Blob, die func()) error {
			r, err := b.Mirror(t.Context(), newPattern())
			if err != nil {
				return err
			}
			return dieInRead(r, die)
		},
	}
	for name, call := range tests {
		t.Run(name, func(t *testing.T) {
			client := startPlugin(t, func(*plugin.ClientConfig) {})
			streams, err := pb.DispenseStream(client)
			if err != nil {
				t.Fatal(err)
			}
			blobs, err := pb.DispenseBlob(client)
			if err != nil {
				t.Fatal(err)
			}
			died := false
			die := sync.OnceFunc(func() {
				kill(t, client)
				died = true
			})
			if err := call(t, streams, blobs, die); !died || status.Code(err) != codes.Unavailable {
				t.Errorf("got %v, want Unavailable after the plugin's death", err)
			}
		})
	}
}

// dieInRead reads some, calls die, and reads on.
func dieInRead(r io.Reader, die func()) error {
	if _, err := io.ReadFull(r, make([]byte, 1<<10)); err != nil {
		return err
	}
	die()
	_, err := io.Copy(io.Discard, r)
	return err
}
