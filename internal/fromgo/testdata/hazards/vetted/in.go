package vetted

import (
	"context"
	"encoding/json"
	"io"
)

// Store has methods whose signatures go vet knows.
type Store interface {
	json.Marshaler
	io.ByteScanner
	WriteByte(c byte) error
	Seek(offset int64, whence int) (int64, error)
	Scan(ctx context.Context, dest []string) error
	Format(ctx context.Context) error
	Is(err string) bool
}
