// Package as_it_is holds every type that the generated interface shows as the original does.
package as_it_is

import (
	"context"
	"io"
	"iter"
	"time"

	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"
)

type Text = string

type Closer interface {
	Close(ctx context.Context) error
}

type Store interface {
	Closer
	Scalars(ctx context.Context, a bool, b string, c int32, d int64, e uint32, f uint64, g float32, h float64, i []byte) error
	Times(ctx context.Context, at time.Time, took time.Duration, all []time.Time, by map[string]time.Duration) error
	Optional(ctx context.Context, a *bool, b *string, c *int32, d *int64, e *float64) (*string, error)
	Lists(ctx context.Context, a []string, b [][]byte, c []float64, d []rune) ([]int64, error)
	Maps(ctx context.Context, a map[string]string, b map[int32][]byte, c map[bool]uint64) (map[string]int64, error)
	Results(ctx context.Context) (name string, at time.Time, err error)
	Unnamed(context.Context, string, string) (string, int64, error)
	Alias(ctx context.Context, a Text) (Text, error)
	WellKnown(ctx context.Context, a *structpb.Struct, b []*structpb.Value, c *anypb.Any, d *fieldmaskpb.FieldMask) (*structpb.ListValue, error)
	Nothing(ctx context.Context) error
	Watch(ctx context.Context, key string, since time.Time) iter.Seq2[string, error]
	Upload(ctx context.Context, chunks iter.Seq2[[]byte, error]) (int64, error)
	Chat(ctx context.Context, in iter.Seq2[time.Time, error]) iter.Seq2[[]string, error]
}

var _ io.Reader
