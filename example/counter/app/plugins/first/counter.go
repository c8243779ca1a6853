package main

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"example.com/counter/sdk/counterv1"
)

// counter keeps each value in a file. It embeds counterv1.UnimplementedCounter, so that it still compiles when the
// service gains methods.
type counter struct {
	counterv1.UnimplementedCounter
	dir string     // of the files; empty for the directory that the host runs in
	mu  sync.Mutex // a host may call a plugin from many goroutines
}

// Put adds to the value of a key: the adding is up to the host, which passes who does it.
func (c *counter) Put(ctx context.Context, key string, value int64, a counterv1.AddHelper) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	old, err := c.read(key)
	if err != nil {
		return err
	}
	sum, err := a.Sum(ctx, old, value)
	if err != nil {
		return err
	}
	return c.write(key, sum)
}

// Get returns the value of a key, which is 0 before the first Put.
func (c *counter) Get(_ context.Context, key string) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read(key)
}

func (c *counter) read(key string) (int64, error) {
	text, err := os.ReadFile(c.file(key))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}

func (c *counter) write(key string, value int64) error {
	return os.WriteFile(c.file(key), strconv.AppendInt(nil, value, 10), 0o600)
}

// file returns where the value of a key is. A key may hold any character, and a file name may not.
func (c *counter) file(key string) string {
	return filepath.Join(c.dir, "counter_"+url.QueryEscape(key))
}
