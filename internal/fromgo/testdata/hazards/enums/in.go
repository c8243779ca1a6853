package enums

import (
	"context"
	"time"
)

// Color is a color.
type Color int

const (
	Red   Color = iota // the first
	Green              // the second
	Blue
	Azure = Blue
)

// Level has no zero.
type Level int8

const (
	LevelLow  Level = -1
	LevelHigh Level = 10
)

type State uint8

const (
	StateUnspecified State = iota
	StateOn
)

// Switch has its zero last.
type Switch int32

const (
	SwitchOn  Switch = 1
	SwitchOff Switch = 0
)

// Perm is flags.
type Perm uint8

const (
	Read Perm = 1 << iota
	Write
	Execute
)

// Size does not fit into an enum.
type Size int64

const Tera Size = 1 << 40

type Store interface {
	Paint(ctx context.Context, c Color, levels []Level, states map[string]State) (*Color, error)
	Flags(ctx context.Context, p Perm, s Size) error
	ByColor(ctx context.Context, m map[Color]string) error
	Switch(ctx context.Context, s Switch) error
	Month(ctx context.Context, m time.Month) error
}
