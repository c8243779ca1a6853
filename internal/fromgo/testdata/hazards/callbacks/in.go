package callbacks

import (
	"context"
	"iter"

	"hazard.test/callbacks/other"
)

// AddHelper is what the plugin calls.
type AddHelper interface {
	// Sum adds.
	Sum(ctx context.Context, a, b int64) (int64, error)
}

// StoreService is a name that the generator would shorten.
type StoreService interface {
	Ping(ctx context.Context) error
}

type Unused interface{ Never() }

type named = interface{ Do(context.Context) error }

type Store interface {
	Silent(ctx context.Context, m Mute) error
	Put(ctx context.Context, h AddHelper, key string, value int64) error
	Service(ctx context.Context, s StoreService) error
	Self(ctx context.Context, parent Store) error
	Watch(ctx context.Context, l other.Listener) iter.Seq2[string, error]
	Upload(ctx context.Context, l other.Listener, in iter.Seq2[string, error]) error
	Many(ctx context.Context, all []AddHelper) error
	Variadic(ctx context.Context, all ...AddHelper) error
	Pointer(ctx context.Context, h *AddHelper) error
	Open(ctx context.Context) (AddHelper, error)
	Anonymous(ctx context.Context, x interface{ Do() error }) error
	Alias(ctx context.Context, x named) error
	Unused(ctx context.Context, u Unused, f func()) error
}

// Mute has no method that can be carried.
type Mute interface {
	Address(ctx context.Context) (uintptr, error)
}
