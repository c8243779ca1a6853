// Command dev is what a developer of goplugin runs: the quick start of the README, the tests, the tools they need.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

func main() {
	if err := tools.Install(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
