package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/bench/handwritten"
)

// copyMiB is how much BenchmarkCopy copies at once.
const copyMiB = 64

// BenchmarkCopy measures copies of bytes to and from a plugin. An operation is a MiB.
func BenchmarkCopy(b *testing.B) {
	peers := startAll(b, strings.Split(*peerNames, ","))
	for _, p := range peers {
		b.Run("rpc=open/peer="+p.name, func(b *testing.B) {
			measure(b, p.meter, 1, copyMiB, func() error {
				_, err := openAll(p.blob, copyMiB<<20)
				return err
			})
		})
	}
	for _, p := range peers {
		b.Run("rpc=save/peer="+p.name, func(b *testing.B) {
			measure(b, p.meter, 1, copyMiB, func() error {
				_, err := saveAll(p.blob, copyMiB<<20)
				return err
			})
		})
	}
}

// openAll reads a blob and returns its size.
func openAll(blob benchpb.Blob, size int64) (int64, error) {
	r, err := blob.Open(context.Background(), size)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, r)
	return n, errors.Join(err, r.Close())
}

// saveAll writes a blob and returns its size as the plugin has it.
func saveAll(blob benchpb.Blob, size int64) (int64, error) {
	return blob.Save(context.Background(), io.LimitReader(blank{}, size))
}

// blobs are the implementation of either interface.
type blobs struct{}

func (blobs) Open(_ context.Context, size int64) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(blank{}, size)), nil
}

func (blobs) Save(_ context.Context, r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }

// blank is read without end and without work.
type blank struct{}

func (blank) Read(p []byte) (int, error) { return len(p), nil }

// fragmented are the chunk sizes that were tried with a hand-written adapter of the generated one's shape, over the
// connection of the generated one. 16 bytes less than a power of two leave room for the rest of a message in a buffer of
// gRPC's.
func fragmented() map[string]handwritten.Chunks {
	all := map[string]handwritten.Chunks{}
	for kib := 16; kib <= 1024; kib *= 2 {
		all[fmt.Sprintf("chunk%dK", kib)] = handwritten.Chunks{Size: kib << 10}
	}
	for _, kib := range []int{16, 32, 1024} {
		all[fmt.Sprintf("chunk%dKless16", kib)] = handwritten.Chunks{Size: kib<<10 - 16}
		all[fmt.Sprintf("fresh%dKless16", kib)] = handwritten.Chunks{Size: kib<<10 - 16, Fresh: true}
	}
	return all
}

func chunkPeers() []peer {
	var peers []peer
	for name, chunks := range fragmented() {
		peers = append(peers, chunkPeer(name, chunks))
	}
	return peers
}

// chunkPeer is the generated peer, with a hand-written adapter for blobs.
func chunkPeer(name string, chunks handwritten.Chunks) peer {
	blob := &handwritten.BlobPlugin{Impl: blobs{}, Chunks: chunks}
	config := func() *plugin.ClientConfig {
		config := benchpb.ClientConfig()
		config.Plugins[benchpb.BlobPluginName] = blob
		return config
	}
	dispenseBoth := func(client *plugin.Client) (calls, error) {
		rest, err1 := dispenseGeneratedExceptBlob(client)
		blob, err2 := dispense[handwritten.Blob](client, benchpb.BlobPluginName)
		rest.blob = blob
		return rest, errors.Join(err1, err2)
	}
	serve := func() {
		config := benchpb.ServeConfig(generatedPlugins())
		config.Plugins[benchpb.BlobPluginName] = blob
		plugin.Serve(config)
	}
	return peer{name, config, dispenseBoth, serve, nil}
}

var (
	_ benchpb.Blob     = blobs{}
	_ handwritten.Blob = blobs{}
)
