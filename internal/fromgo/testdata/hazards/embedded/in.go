package embedded

import (
	"context"
	"sync"
)

type base struct {
	ID   string // of the row
	Name string
	size int
	deep
}

type deep struct{ Depth int }

type hidden struct{ secret string }

type Public struct{ Note string }

type Row struct {
	base
	*tree
	hidden
	Public
	sync.Mutex
	Name int // hides that of base
	text
}

type text string

type tree struct {
	*tree
	Leaf string
}

// Only shows what it embeds.
type Only struct{ base }

type Store interface {
	Put(ctx context.Context, r Row) (*Only, error)
}

var _ = []any{base{}.size, hidden{}.secret}
