// Package kv is what a hand-written plugin of go-plugin looks like, with a context.
package kv

import (
	"context"
	"errors"
)

// ErrNotFound is for keys without a value.
var ErrNotFound = errors.New("not found")

// Store keeps values.
//
// It is safe for concurrent use:
//
//	store.Put(ctx, "a", nil)
type Store interface {
	// Put sets the value of a key.
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error) // the value, or ErrNotFound
	// Keys lists all keys.
	//
	// Deprecated: use Each.
	Keys(ctx context.Context) ([]string, error)
	Close(context.Context) error
}
