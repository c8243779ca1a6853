package pluginhost_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os/exec"
	"time"

	"github.com/goplugin-dev/goplugin/internal/testapi/greeterv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

func ExampleStart() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	p, err := pluginhost.Start(ctx, greeterv1.ClientConfig(), exec.Command("plugins/bin/greeter-english"), pluginhost.WithSlog(slog.Default()))
	if e, ok := errors.AsType[*pluginhost.StartError](err); ok && e.Reason == pluginhost.NotFound {
		log.Fatalf("install the plugin first: %v", err)
	} else if err != nil {
		log.Fatal(err)
	}
	defer p.Close(context.Background())

	greeter, err := greeterv1.DispenseGreeter(p)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(greeter.Greet(ctx))
}

// A plugin that dies is started again, unless it dies ten times in a minute.
func ExampleSupervise() {
	restarts := pluginhost.Restarts{
		Limit: 10,
		OnRestart: func(p *pluginhost.Plugin, died *pluginhost.ExitError) {
			slog.Warn("the plugin runs again", "pid", p.PID(), "last exit code", died.ExitCode)
		},
	}
	p, err := pluginhost.Start(context.Background(), greeterv1.ClientConfig(), exec.Command("plugins/bin/greeter-english"), pluginhost.Supervise(restarts))
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close(context.Background())
	<-p.Done()
	log.Print(p.Err()) // nil, or pluginhost.ErrCrashLoop
}

// One broken plugin does not keep the others from running.
func ExampleStartAll() {
	var specs []pluginhost.Spec
	for _, path := range []string{"plugins/bin/greeter-english", "plugins/bin/greeter-french"} {
		specs = append(specs, pluginhost.Spec{Config: greeterv1.ClientConfig(), Command: exec.Command(path)})
	}
	plugins, err := pluginhost.StartAll(context.Background(), specs...)
	if err != nil {
		log.Print(err)
	}
	for _, p := range plugins {
		if p != nil {
			defer p.Close(context.Background())
		}
	}
}
