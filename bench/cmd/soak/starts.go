package main

import (
	"context"
	"fmt"
	"io"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// startAndClose starts a plugin, calls it and closes it, n times. Every other time the connection has mutual TLS.
func startAndClose(ctx context.Context, n int, temp string, out io.Writer) error {
	fmt.Fprintf(out, "%d starts and stops\n", n)
	once := func(i int) error {
		config, command, err := config()
		if err != nil {
			return err
		}
		config.AutoMTLS = i%2 == 1
		p, err := pluginhost.Start(ctx, config, command)
		if err != nil {
			return err
		}
		if err := greet(ctx, p); err != nil {
			return err
		}
		return p.Close(ctx)
	}
	for i := range 10 { // what is made once is no leak
		if err := once(i); err != nil {
			return err
		}
	}
	before := measure(temp)
	fmt.Fprintf(out, "%8s  %s\n", "before", before)
	for i := range n {
		if err := once(i); err != nil {
			return fmt.Errorf("start %d: %w", i, err)
		}
		if (i+1)%max(1, n/4) == 0 {
			fmt.Fprintf(out, "%8d  %s\n", i+1, measure(temp))
		}
	}
	return before.compare(settled(before, temp))
}
