// Command plugin was written when StoreService had one method.
package main

import (
	"context"

	"evolve.test/sdk"
)

type store struct {
	sdk.UnimplementedStore
}

func (store) Get(_ context.Context, key string) (string, error) { return "value of " + key, nil }

func main() { sdk.Serve(sdk.PluginSet{Store: store{}}) }
