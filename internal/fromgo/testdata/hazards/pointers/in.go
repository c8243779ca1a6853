package pointers

import (
	"context"
	"time"
)

type Mode int

const ModeA, ModeB Mode = 0, 1

type Store interface {
	Kept(ctx context.Context, s *string) (*int64, error)
	Enum(ctx context.Context, m *Mode) error
	Time(ctx context.Context, t *time.Time) error
	PointerToPointer(ctx context.Context, p **string) error
	Slice(ctx context.Context, p *[]string) error
	Bytes(ctx context.Context, p *[]byte) error
	Map(ctx context.Context, p *map[string]string) error
	Elements(ctx context.Context, p []*string) error
	Values(ctx context.Context, p map[string]*int64) error
	Interface(ctx context.Context, p *error) error
}
