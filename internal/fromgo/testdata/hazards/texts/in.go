package texts

import (
	"context"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Version is written as 1.2.3.
type Version struct{ major, minor int }

func (v Version) MarshalText() ([]byte, error) { return nil, nil }

func (v *Version) UnmarshalText([]byte) error { v.major, v.minor = 0, 0; return nil }

// Shown can be written, and not be read.
type Shown struct{ secret string }

func (s Shown) MarshalText() ([]byte, error) { return []byte(s.secret), nil }

// Blob is binary alone.
type Blob struct{ secret string }

func (b Blob) MarshalBinary() ([]byte, error) { return []byte(b.secret), nil }

// UUID is the one of google/uuid.
type UUID [16]byte

func (u UUID) MarshalText() ([]byte, error) { return nil, nil }

type Store interface {
	Version(ctx context.Context, v Version) (*Version, error)
	Many(ctx context.Context, list []netip.Addr, byPrefix map[netip.Prefix]big.Int, at map[time.Time]string) error
	Elements(ctx context.Context, list []*big.Int) error
	Shown(ctx context.Context, s Shown) error
	Blob(ctx context.Context, b Blob) error
	Others(ctx context.Context, id UUID, ip net.IP, u url.URL, loc *time.Location) error
	Fields(ctx context.Context, host Host) error
}

type Host struct {
	ID   UUID
	Addr netip.Addr
	URL  *url.URL
	Max  *big.Int
}
