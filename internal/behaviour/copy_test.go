package behaviour

import (
	"errors"
	"io"
	"testing"

	"github.com/hashicorp/go-plugin"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// TestCopyInConstantMemory copies more than memory may grow by, to a plugin and from it.
func TestCopyInConstantMemory(t *testing.T) {
	const limit = 64 << 20
	tests := map[string]func(t *testing.T, remote pb.Blob, heap io.Writer) (int64, error){
		"Save": func(t *testing.T, remote pb.Blob, heap io.Writer) (int64, error) {
			return remote.Save(t.Context(), io.TeeReader(io.LimitReader(newPattern(), copySize), heap))
		},
		"Open": func(t *testing.T, remote pb.Blob, heap io.Writer) (int64, error) {
			r, err := remote.Open(t.Context(), copySize)
			if err != nil {
				return 0, err
			}
			n, err := io.Copy(io.MultiWriter(newPattern(), heap), r)
			return n, errors.Join(err, r.Close())
		},
	}
	for name, copyAll := range tests {
		t.Run(name, func(t *testing.T) {
			remote, err := pb.DispenseBlob(startPlugin(t, func(*plugin.ClientConfig) {}))
			if err != nil {
				t.Fatal(err)
			}
			var host gauge
			if n, err := copyAll(t, remote, &host); n != copySize || err != nil {
				t.Fatalf("copied %d bytes, %v, want %d", n, err, copySize)
			}
			inPlugin, err := remote.Peak(t.Context())
			if inHost := host.peak.Load(); err != nil || inHost == 0 || inHost > limit || inPlugin == 0 || inPlugin > limit {
				t.Errorf("the heap grew to %d KiB in the host and %d KiB in the plugin, %v, want at most %d KiB", inHost>>10, inPlugin>>10, err, limit>>10)
			}
			t.Logf("%d MiB with %d KiB of heap in the host, %d KiB in the plugin", copySize>>20, host.peak.Load()>>10, inPlugin>>10)
		})
	}
}
