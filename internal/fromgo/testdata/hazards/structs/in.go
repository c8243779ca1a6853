package structs

import (
	"context"
	"math/big"
	"sync"
	"time"

	"hazard.test/structs/other"
)

// Event is something that happened.
type Event struct {
	ID   int64  // of the event
	Name string `json:"name"`

	// At is when.
	At       time.Time
	Took     *time.Duration
	Parent   *Event
	Children []Event
	ByName   map[string]*Event
	Place    other.Place
	other.Base
	Inline struct{ X, Y int }
	Handle func()
	Any    any
	hidden string
	mu     sync.Mutex
	Limit  big.Int
}

// EventEntry has the name of the entry of a map field in Log.
type EventEntry struct{ Text string }

type Log struct {
	Event   map[string]EventEntry
	Entries []EventEntry
}

type empty struct{}

type opaque struct{ secret string }

type Store interface {
	Put(ctx context.Context, e Event) error
	PutAll(ctx context.Context, events []*Event) (*Event, error)
	Other(ctx context.Context, e other.Event) (other.Place, error)
	Log(ctx context.Context, log *Log) error
	Empty(ctx context.Context, e empty) error
	Opaque(ctx context.Context, o opaque) error
	Anonymous(ctx context.Context, p struct{ A, B string }) (struct{ A, B string }, error)
	Big(ctx context.Context, n *big.Int) error
}

var _ = opaque{}.secret
