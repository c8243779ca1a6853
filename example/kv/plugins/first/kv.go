package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"example.com/kv/sdk/kvv1"
)

// kv keeps each value in a file. It embeds kvv1.UnimplementedKV, so that it still compiles when the service gains methods.
type kv struct {
	kvv1.UnimplementedKV
	dir string // of the files; empty for the directory that the host runs in
}

// Get wraps ErrNotFound as it would any error. The host gets the same text, and may ask for the error inside.
func (k *kv) Get(_ context.Context, key string) ([]byte, error) {
	value, err := os.ReadFile(k.file(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("key %q: %w", key, kvv1.ErrNotFound)
	}
	return value, err
}

// Put sets the value of a key.
func (k *kv) Put(_ context.Context, key string, value []byte) error {
	return os.WriteFile(k.file(key), value, 0o600)
}

// file returns where the value of a key is. A key may hold any character, and a file name may not.
func (k *kv) file(key string) string { return filepath.Join(k.dir, "kv_"+url.QueryEscape(key)) }
