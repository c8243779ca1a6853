package bench

import (
	"context"
	"io"
	"iter"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/bench/handwritten"
)

// source is where every sample comes from.
const source = "bench"

func sampleOf(value int64) *benchpb.Sample { return &benchpb.Sample{Value: value, Source: source} }

func twice(s *benchpb.Sample) *benchpb.Sample { return sampleOf(2 * s.GetValue()) }

func same(number int64) int64 { return number }

func double(number int64) int64 { return 2 * number }

// handwrittenFeed serves the interface that is written by hand.
type handwrittenFeed struct{}

func (handwrittenFeed) Count(_ context.Context, n int64, each func(int64) error) error {
	return pushAll(n, same, each)
}

func (handwrittenFeed) Sum(_ context.Context, next func() (int64, error)) (int64, error) {
	return pullAll(next, same)
}

func (handwrittenFeed) Double(_ context.Context, next func() (int64, error), each func(int64) error) error {
	return pump(next, double, each)
}

func (handwrittenFeed) Record(_ context.Context, n int64, each func(*benchpb.Sample) error) error {
	return pushAll(n, sampleOf, each)
}

func (handwrittenFeed) Store(_ context.Context, next func() (*benchpb.Sample, error)) (int64, error) {
	return pullAll(next, (*benchpb.Sample).GetValue)
}

func (handwrittenFeed) Scale(_ context.Context, next func() (*benchpb.Sample, error), each func(*benchpb.Sample) error) error {
	return pump(next, twice, each)
}

// pushAll gives the elements that are made of the numbers below n to each.
func pushAll[T any](n int64, element func(int64) T, each func(T) error) error {
	for i := range n {
		if err := each(element(i)); err != nil {
			return err
		}
	}
	return nil
}

// pullAll returns the sum of the values of all elements.
func pullAll[T any](next func() (T, error), value func(T) int64) (int64, error) {
	var sum int64
	for {
		element, err := next()
		if err == io.EOF {
			return sum, nil
		}
		if err != nil {
			return 0, err
		}
		sum += value(element)
	}
}

// pump gives what change makes of every element to each.
func pump[T any](next func() (T, error), change func(T) T, each func(T) error) error {
	for {
		element, err := next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := each(change(element)); err != nil {
			return err
		}
	}
}

// generatedFeed serves the generated interface.
type generatedFeed struct{}

func (generatedFeed) Count(_ context.Context, n int64) iter.Seq2[int64, error] {
	return below(n, same)
}

func (generatedFeed) Sum(_ context.Context, in iter.Seq2[int64, error]) (int64, error) {
	return sumOf(in, same)
}

func (generatedFeed) Double(_ context.Context, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
	return changed(in, double)
}

func (generatedFeed) Record(_ context.Context, n int64) iter.Seq2[*benchpb.Sample, error] {
	return below(n, sampleOf)
}

func (generatedFeed) Store(_ context.Context, in iter.Seq2[*benchpb.Sample, error]) (int64, error) {
	return sumOf(in, (*benchpb.Sample).GetValue)
}

func (generatedFeed) Scale(_ context.Context, in iter.Seq2[*benchpb.Sample, error]) iter.Seq2[*benchpb.Sample, error] {
	return changed(in, twice)
}

// below yields the elements that are made of the numbers below n.
func below[T any](n int64, element func(int64) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range n {
			if !yield(element(i), nil) {
				return
			}
		}
	}
}

// sumOf returns the sum of the values of all elements.
func sumOf[T any](in iter.Seq2[T, error], value func(T) int64) (int64, error) {
	var sum int64
	for element, err := range in {
		if err != nil {
			return 0, err
		}
		sum += value(element)
	}
	return sum, nil
}

// changed yields what change makes of every element.
func changed[T any](in iter.Seq2[T, error], change func(T) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for element, err := range in {
			if !yield(change(element), err) || err != nil {
				return
			}
		}
	}
}

var (
	_ handwritten.Feed = handwrittenFeed{}
	_ benchpb.Feed     = generatedFeed{}
)
