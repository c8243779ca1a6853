package options

import (
	"context"
	"io"
)

type Option func(*config)

type Setting interface{ apply(*config) }

type config struct{ size int }

type Store interface {
	Get(ctx context.Context, key string, opts ...Option) ([]byte, error)
	Open(ctx context.Context, key string, settings ...Setting) (io.ReadCloser, error)
	Save(ctx context.Context, r io.Reader, opts ...Option) error
	One(ctx context.Context, opt Option) error
	Keys(ctx context.Context, keys ...string) error
	Joined(ctx context.Context, lists ...[]chan int) error
}

var _ = config{}.size
