package main

import (
	"context"

	"example.com/kv/sdk/kvv1"
)

// kvCommands returns the commands of KV, one for each method.
func kvCommands() []command {
	return []command{
		{"get", "Get returns the value of a key, or ErrNotFound.", kvGet},
		{"put", "Put sets the value of a key.", kvPut},
	}
}

func kvGet(ctx context.Context, c *call) error {
	key := arg[string](c, "key")
	client, err := dial(c, kvv1.DispenseKV)
	if err != nil {
		return err
	}
	return c.show(client.Get(ctx, *key))
}

func kvPut(ctx context.Context, c *call) error {
	key := arg[string](c, "key")
	value := arg[[]byte](c, "value")
	client, err := dial(c, kvv1.DispenseKV)
	if err != nil {
		return err
	}
	return client.Put(ctx, *key, *value)
}
