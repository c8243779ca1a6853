package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// figures count the calls to a plugin that crashes.
type figures struct {
	answered, died, wrong atomic.Int64
	first                 atomic.Pointer[error] // of those that are wrong
}

// crash lets many goroutines call one supervised plugin while its process is killed again and again. A call either
// answers or fails with ErrPluginDied; nothing else may happen.
func crash(ctx context.Context, o options, temp string, out io.Writer) error {
	fmt.Fprintf(out, "%d callers across %d crashes\n", o.callers, o.crashes)
	before := measure(temp)
	fmt.Fprintf(out, "%8s  %s\n", "before", before)
	config, command, err := config()
	if err != nil {
		return err
	}
	p, err := pluginhost.Start(ctx, config, command, pluginhost.Supervise(pluginhost.Restarts{
		Limit: o.crashes + 1, Window: time.Hour, Backoff: time.Millisecond, MaxBackoff: time.Millisecond,
	}))
	if err != nil {
		return err
	}
	defer func() { _ = p.Close(ctx) }()
	remote, err := benchpb.DispenseEcho(p)
	if err != nil {
		return err
	}
	var f figures
	calling, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	for i := range o.callers {
		group.Go(func() { f.call(calling, remote, i) })
	}
	for i := range o.crashes {
		if err := f.killOnce(ctx, p, int64(o.callers)); err != nil {
			return fmt.Errorf("crash %d: %w", i, err)
		}
	}
	stop()
	group.Wait()
	fmt.Fprintf(out, "%8s  %d calls answered, %d died with the plugin, %d failed otherwise\n", "", f.answered.Load(), f.died.Load(), f.wrong.Load())
	if first := f.first.Load(); first != nil {
		return fmt.Errorf("a call failed with something else than ErrPluginDied, or (nil) got the answer of another call: %w", *first)
	}
	if err := p.Close(ctx); err != nil {
		return err
	}
	after := settled(before, temp)
	fmt.Fprintf(out, "%8s  %s\n", "after", after)
	return before.compare(after)
}

// call calls until ctx ends.
func (f *figures) call(ctx context.Context, remote benchpb.Echo, caller int) {
	payload := fmt.Append(nil, "caller ", caller)
	for ctx.Err() == nil {
		answer, err := remote.Echo(ctx, payload)
		switch {
		case err == nil && string(answer) == string(payload):
			f.answered.Add(1)
		case errors.Is(err, pluginhost.ErrPluginDied):
			f.died.Add(1)
		case ctx.Err() == nil:
			f.wrong.Add(1)
			f.first.CompareAndSwap(nil, &err)
		}
	}
}

// killOnce kills the process, and returns when a new one has answered as many calls as there are callers.
func (f *figures) killOnce(ctx context.Context, p *pluginhost.Plugin, callers int64) error {
	pid := p.PID()
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	if err := process.Kill(); err != nil {
		return err
	}
	deadline := time.Now().Add(time.Minute)
	answered := f.answered.Load()
	for p.PID() == pid || f.answered.Load() < answered+callers {
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("no new process answered within a minute of the kill: %w", errors.Join(ctx.Err(), p.Err()))
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}
