package main

import (
	"context"
	"fmt"

	"example.com/counter/sdk/counterv1"
)

// addHelper implements counterv1.AddHelper. It embeds counterv1.UnimplementedAddHelper, so that it still compiles when the
// service gains methods.
type addHelper struct {
	counterv1.UnimplementedAddHelper
}

// Sum is called by a plugin, while the host waits for the plugin's own answer.
func (a *addHelper) Sum(_ context.Context, value, value2 int64) (int64, error) {
	fmt.Printf("the plugin asks for %d + %d\n", value, value2)
	return value + value2, nil
}
