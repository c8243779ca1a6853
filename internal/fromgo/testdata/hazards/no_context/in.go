package no_context

import "context"

// Store has what the generated methods have, too, in other places or not at all.
type Store interface {
	Put(key string, value []byte) error
	Len() int64
	Flush()
	Late(key string, ctx context.Context) error
	TwoContexts(a, b context.Context) error
	ErrorFirst(ctx context.Context) (error, string)
	ErrorAsParameter(ctx context.Context, err error) error
	Kept(ctx context.Context) error
}
