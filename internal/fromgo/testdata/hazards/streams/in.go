package streams

import (
	"context"
	"iter"
)

type Event struct {
	Key  string
	Text string
}

type Events <-chan Event

type Store interface {
	Kept(ctx context.Context, prefix string) iter.Seq2[string, error]
	Structs(ctx context.Context) iter.Seq2[*Event, error]
	Twice(ctx context.Context) (iter.Seq2[string, error], error)
	Seq(ctx context.Context) iter.Seq[string]
	SeqErr(ctx context.Context) (iter.Seq[string], error)
	Pairs(ctx context.Context) iter.Seq2[string, int64]
	TakePairs(ctx context.Context, in iter.Seq2[string, int64]) error
	TakeSeq(ctx context.Context, in iter.Seq[string]) (n int64, err error)
	Chan(ctx context.Context, key string) (<-chan Event, error)
	Named(ctx context.Context) (Events, error)
	Subscribe(ctx context.Context, key string, out chan<- Event) error
	Feed(ctx context.Context, in <-chan []byte) error
	Both(ctx context.Context, in <-chan string, out chan<- string) error
	BothWays(ctx context.Context, c chan string) error
	Sent(ctx context.Context) (chan<- string, error)
	Company(ctx context.Context, key string, in iter.Seq2[string, error]) error
	TwoResults(ctx context.Context) (iter.Seq[string], int64, error)
	Inside(ctx context.Context, in []iter.Seq[string]) error
	ChanInside(ctx context.Context, in struct{ C chan string }) error
	Func(ctx context.Context, yield func(yield func(string) bool)) error
	OfFuncs(ctx context.Context) iter.Seq2[func(), error]
}
