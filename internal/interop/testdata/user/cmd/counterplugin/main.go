// Command counterplugin is a plugin on generated glue. It lets the host's helper add, and keeps each sum in a file.
package main

import (
	"context"
	"os"
	"strconv"

	"example.com/user/counter"
)

type store struct{}

func (s store) Put(ctx context.Context, helper counter.AddHelper, key string, value int64) error {
	stored, err := s.Get(ctx, key)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	sum, err := helper.Sum(ctx, stored, value)
	if err != nil {
		return err
	}
	return os.WriteFile("kv_"+key, []byte(strconv.FormatInt(sum, 10)), 0o600)
}

func (store) Get(_ context.Context, key string) (int64, error) {
	data, err := os.ReadFile("kv_" + key)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(data), 10, 64)
}

func main() {
	counter.Serve(counter.PluginSet{Counter: store{}})
}
