package other

import (
	"context"
	"errors"
)

// ErrClosed is of the package of the interface.
var ErrClosed = errors.New("closed")

type Getter[T any] interface {
	Get(ctx context.Context) (T, error)
}

type (
	Strings = Getter[string]
	Texts   = []string
	Event   struct{ Text string }
	Events  = []*Event
)

// Store is what the alias stands for.
type Store interface {
	Strings
	Self(ctx context.Context, s Store) error
	Texts(ctx context.Context, t Texts) error
	Events(ctx context.Context, e Events) error
	Getter(ctx context.Context, g Strings) error
}
