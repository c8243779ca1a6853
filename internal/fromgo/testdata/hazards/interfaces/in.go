package interfaces

import (
	"context"
	"fmt"
	"io"
	"io/fs"
)

type Reader interface {
	Get(ctx context.Context, key string) (string, error)
	Close() error
}

type Writer interface {
	Put(ctx context.Context, key, value string) error
	Close() error
}

type Store interface {
	Second(ctx context.Context) error
	First(ctx context.Context) error
	Reader
	Writer
	io.Reader
	fmt.Stringer
	unexported()
	Any(ctx context.Context, a any) error
	Empty(ctx context.Context, a interface{}) (any, error)
	Outside(ctx context.Context, f fs.FileInfo) error
}
