package generics

import "context"

type Page[T any] struct {
	Items []T
	Next  string
}

type EventPage Page[string]

type Getter[T any] interface {
	Get(ctx context.Context) (T, error)
}

type Store interface {
	Getter[string]
	List(ctx context.Context) (Page[string], error)
	Named(ctx context.Context) (EventPage, error)
	Callback(ctx context.Context, g Getter[int64]) error
}
