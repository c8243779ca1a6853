package bench

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/bench/handwritten"
)

// streamLength is how many messages BenchmarkStream sends in a stream.
const streamLength = 100_000

// A stream is one streaming rpc, used with n messages as a program would use it. run returns the sum of the values
// that arrived: at the far end, or at this one if they come back.
type stream struct {
	name string
	run  func(n int64) (sum int64, err error)
}

// wantSum returns what a stream of n messages comes to.
func (s stream) wantSum(n int64) int64 {
	sum := n * (n - 1) / 2
	if s.name == "double" || s.name == "scale" {
		return 2 * sum
	}
	return sum
}

// BenchmarkStream measures streams of small messages. An operation is a message: one there, or there and back.
func BenchmarkStream(b *testing.B) {
	peers := startAll(b, strings.Split(*peerNames, ","))
	for i, s := range peers[0].streams {
		for _, p := range peers {
			b.Run("rpc="+s.name+"/peer="+p.name, func(b *testing.B) {
				measure(b, p.meter, 1, streamLength, func() error {
					_, err := p.streams[i].run(streamLength)
					return err
				})
			})
		}
	}
}

func handwrittenStreams(feed handwritten.Feed) []stream {
	ctx := context.Background()
	return []stream{
		{"count", func(n int64) (int64, error) {
			return added(same, func(add func(int64) error) error { return feed.Count(ctx, n, add) })
		}},
		{"sum", func(n int64) (int64, error) { return feed.Sum(ctx, numbered(n, same)) }},
		{"double", func(n int64) (int64, error) {
			return added(same, func(add func(int64) error) error { return feed.Double(ctx, numbered(n, same), add) })
		}},
		{"record", func(n int64) (int64, error) {
			return added((*benchpb.Sample).GetValue, func(add func(*benchpb.Sample) error) error { return feed.Record(ctx, n, add) })
		}},
		{"store", func(n int64) (int64, error) { return feed.Store(ctx, numbered(n, sampleOf)) }},
		{"scale", func(n int64) (int64, error) {
			return added((*benchpb.Sample).GetValue, func(add func(*benchpb.Sample) error) error {
				return feed.Scale(ctx, numbered(n, sampleOf), add)
			})
		}},
	}
}

// added returns the sum of the values that run adds.
func added[T any](value func(T) int64, run func(add func(T) error) error) (int64, error) {
	var sum int64
	err := run(func(element T) error {
		sum += value(element)
		return nil
	})
	return sum, err
}

// numbered returns a function that returns the elements that are made of the numbers below n, and then io.EOF.
func numbered[T any](n int64, element func(int64) T) func() (T, error) {
	i := int64(-1)
	return func() (T, error) {
		if i++; i >= n {
			var none T
			return none, io.EOF
		}
		return element(i), nil
	}
}

func generatedStreams(feed benchpb.Feed) []stream {
	ctx := context.Background()
	return []stream{
		{"count", func(n int64) (int64, error) { return sumOf(feed.Count(ctx, n), same) }},
		{"sum", func(n int64) (int64, error) { return feed.Sum(ctx, below(n, same)) }},
		{"double", func(n int64) (int64, error) { return sumOf(feed.Double(ctx, below(n, same)), same) }},
		{"record", func(n int64) (int64, error) { return sumOf(feed.Record(ctx, n), (*benchpb.Sample).GetValue) }},
		{"store", func(n int64) (int64, error) { return feed.Store(ctx, below(n, sampleOf)) }},
		{"scale", func(n int64) (int64, error) {
			return sumOf(feed.Scale(ctx, below(n, sampleOf)), (*benchpb.Sample).GetValue)
		}},
	}
}
