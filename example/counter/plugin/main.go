// Command plugin keeps values, and asks the host to add to them.
package main

import (
	"context"
	"sync"

	"github.com/goplugin-dev/goplugin/example/counter/counterv1"
)

type counter struct {
	counterv1.UnimplementedCounter
	mu     sync.Mutex
	values map[string]int64
}

func (c *counter) Put(ctx context.Context, addHelper counterv1.AddHelper, key string, value int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum, err := addHelper.Sum(ctx, c.values[key], value)
	if err != nil {
		return err
	}
	c.values[key] = sum
	return nil
}

func (c *counter) Get(_ context.Context, key string) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.values[key], nil
}

func main() {
	counterv1.Serve(counterv1.PluginSet{Counter: &counter{values: map[string]int64{}}})
}
