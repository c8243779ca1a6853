package main

import (
	"context"

	"example.com/counter/sdk/counterv1"
)

// counterCommands returns the commands of Counter, one for each method.
func counterCommands() []command {
	return []command{
		{"put", "Put is rpc counter.v1.CounterService.Put.", counterPut},
		{"get", "Get is rpc counter.v1.CounterService.Get.", counterGet},
	}
}

func counterPut(ctx context.Context, c *call) error {
	key := arg[string](c, "key")
	value := arg[int64](c, "value")
	client, err := dial(c, counterv1.DispenseCounter)
	if err != nil {
		return err
	}
	return client.Put(ctx, *key, *value, &addHelper{})
}

func counterGet(ctx context.Context, c *call) error {
	key := arg[string](c, "key")
	client, err := dial(c, counterv1.DispenseCounter)
	if err != nil {
		return err
	}
	return c.show(client.Get(ctx, *key))
}
