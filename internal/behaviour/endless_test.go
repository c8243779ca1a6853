package behaviour

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"runtime/metrics"
	"sync/atomic"
)

// endless is the implementation of streams in the plugin's process.
func endless() stream {
	return stream{
		count: func(_ context.Context, _, size int64) iter.Seq2[[]byte, error] {
			return func(yield func([]byte, error) bool) {
				for yield(make([]byte, size), nil) {
				}
			}
		},
		sum: func(_ context.Context, in iter.Seq2[int64, error]) (int64, error) {
			list, err := collect(in)
			return int64(len(list)), err
		},
		echo: same,
	}
}

// copying is the implementation of streams of bytes in the plugin's process. What it reads and writes is a pattern.
type copying struct {
	heap gauge
}

func (c *copying) Open(_ context.Context, size int64) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(io.TeeReader(newPattern(), &c.heap), size)), nil
}

func (c *copying) Save(_ context.Context, r io.Reader) (int64, error) {
	return io.Copy(io.MultiWriter(newPattern(), &c.heap), r)
}

func (c *copying) Mirror(_ context.Context, r io.Reader) (io.ReadCloser, error) {
	return io.NopCloser(r), nil
}

func (c *copying) Peak(context.Context) (uint64, error) { return c.heap.peak.Load(), nil }

// A pattern is an endless blob, to read or, as a writer, to compare with what it should be. Where bytes are lost, doubled
// or in another order, it differs.
type pattern struct {
	block []byte
	at    int
}

func newPattern() *pattern { return &pattern{block: random(65521)} } // prime: no chunk is as the one before

func (p *pattern) Read(to []byte) (int, error) {
	n := copy(to, p.block[p.at:])
	p.at = (p.at + n) % len(p.block)
	return n, nil
}

func (p *pattern) Write(from []byte) (written int, err error) {
	for len(from) > 0 {
		n := min(len(from), len(p.block)-p.at)
		if !bytes.Equal(from[:n], p.block[p.at:p.at+n]) {
			return written, errors.New("the bytes differ from what was sent")
		}
		written += n
		from = from[n:]
		p.at = (p.at + n) % len(p.block)
	}
	return written, nil
}

// A gauge looks at the heap for each MiB that is written to it.
type gauge struct {
	peak    atomic.Uint64 // the most bytes in use
	written int
}

func (g *gauge) Write(p []byte) (int, error) {
	before := g.written
	g.written += len(p)
	if before>>20 == g.written>>20 {
		return len(p), nil
	}
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(samples)
	g.peak.Store(max(g.peak.Load(), samples[0].Value.Uint64()+samples[1].Value.Uint64()))
	return len(p), nil
}
