package comments

import "context"

/*
Store has a block comment.

	indented
*/
type Store interface {
	/* Get has a block comment, too. */
	Get(ctx context.Context, key Key) error
	// Put ends a block */ and begins another /*.
	//
	// # Heading
	//
	//   - a list
	//
	//go:generate nothing
	// goplugin:skip
	//	goplugin:method style=message
	//goplugin:skip
	Put(ctx context.Context, e Event) error
	// Detached.

	Last(ctx context.Context) error //nolint:all

	//
	Empty(ctx context.Context) error
}

type (
	// Key is in a group.
	Key string

	// Event is, too.
	Event struct {
		A, B string // of both

		// C has one above
		C string // and one behind
		// syntax = "proto2";
		D string
		E Kind
	}
)

// Kind is a kind.
type Kind int

// Kinds of all kinds.
const (
	// KindA is the first.
	KindA Kind = 1 + iota
	KindB      // the second
)
