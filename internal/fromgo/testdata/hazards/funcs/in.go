package funcs

import (
	"context"
	"io/fs"
	"path/filepath"
)

// Visit is called for each key.
type Visit func(ctx context.Context, key string) (stop bool, err error)

type Chain func(next Chain) error

type Handler[T any] func(T) error

type Events func(yield func(Event) bool)

type Event struct{ Key string }

type Store interface {
	// Walk calls a func without a name for its type.
	Walk(ctx context.Context, prefix string, fn func(key string, size int) error) error
	Visit(ctx context.Context, visit Visit) error
	VisitAgain(ctx context.Context, v Visit, other func()) error
	Recursive(ctx context.Context, c Chain) error
	Generic(ctx context.Context, h Handler[string]) error
	Elsewhere(ctx context.Context, root string, fn filepath.WalkFunc) error
	Opaque(ctx context.Context, option func(*config), event Event) error
	Result(ctx context.Context) (func(), error)
	Inside(ctx context.Context, hooks []func()) error
	Unnamed(ctx context.Context) (func(yield func(string, error) bool), error)
	Named(ctx context.Context, events Events) error
	WithInterface(ctx context.Context, fn func(l Listener) error) error
	NotConverted(ctx context.Context, fn func(l Deaf) error, info fs.FileInfo) error
}

// Listener is passed to a func.
type Listener interface {
	Heard(ctx context.Context, text string) error
}

// Deaf is passed only to a func of a method that is left out.
type Deaf interface {
	Heard(text string)
}

type config struct{ secret string }

var _ = config{}.secret
