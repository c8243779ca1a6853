package sentinels

import (
	"context"
	"errors"
	"io/fs"
)

// Errors that keep their identity.
var (
	ErrNotFound      = errors.New("not found")
	ErrAlreadyExists = errors.New("exists")
	ErrInvalidKey    = errors.New("invalid key")
	ErrOdd           = errors.New("odd")
	ErrAlias         = fs.ErrPermission
	errHidden        = errors.New("hidden")
	NotAnError       = "no"
)

// ErrTyped is of a type of its own.
var ErrTyped = &fs.PathError{}

type Store interface {
	Get(ctx context.Context, key string) (string, error)
}

var _ = errHidden
