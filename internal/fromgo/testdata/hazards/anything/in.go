package anything

import (
	"context"
	"encoding/json"
	"iter"

	"google.golang.org/protobuf/types/known/structpb"
)

// Value is one of several types.
type Value any

type Fields map[string]interface{}

type Key string

type Row struct {
	Cells  []any
	Fields Fields
	Nested []map[string]any
	ByName map[string][]any
	Keyed  map[Key]any
	Counts map[int]any
	Raw    json.RawMessage
	Value  Value
	Ptr    *any
}

type Store interface {
	Log(ctx context.Context, msg string, args ...any) error
	Config(ctx context.Context, conf map[string]any) (map[string]any, error)
	Query(ctx context.Context, q string) iter.Seq2[[]any, error]
	Rows(ctx context.Context, r Row) (any, error)
	Named(ctx context.Context, v Value) error
	AsItIs(ctx context.Context, v *structpb.Value, s *structpb.Struct, l []*structpb.Value) error
}
