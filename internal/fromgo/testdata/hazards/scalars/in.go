package scalars

import (
	"context"
	"unsafe"
)

type (
	Key    string
	Count  int
	Tags   []string
	Labels map[Key]Count
	Raw    []byte
	Byte   byte
)

// Store has types that come back as others.
type Store interface {
	Ints(ctx context.Context, a int, b int8, c int16, d uint, e uint8, f uint16) (int, error)
	Named(ctx context.Context, a Key, b Count, c Tags, d Labels, e Raw, f []Byte) (Key, error)
	Arrays(ctx context.Context, a [16]byte, b [3]float64) ([2]string, error)
	Variadic(ctx context.Context, keys ...string) error
	IntSlices(ctx context.Context, a []int, b map[int]int, c *int) error
	Uintptr(ctx context.Context, a uintptr) error
	Pointer(ctx context.Context, a unsafe.Pointer) error
	Complex(ctx context.Context, a complex128) error
}
