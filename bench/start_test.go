package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/pluginhost"
	"github.com/goplugin-dev/goplugin/pluginserve"
)

var starterNames = flag.String("starters", "go-plugin,pluginhost,go-plugin.mtls,pluginhost.mtls,go-plugin.again",
	"ways to start a plugin of BenchmarkStart and BenchmarkStartTwenty, in order")

// A starter is a way to start a plugin: by go-plugin alone, or by pluginhost and pluginserve.
type starter struct {
	name       string
	ours, mtls bool
}

// starters returns those of the flag, beginning with another one in each round. What follows a dot is "mtls", for AutoMTLS, or tells apart several of one kind.
func starters(b *testing.B) []starter {
	var list []starter
	for name := range strings.SplitSeq(*starterNames, ",") {
		base, variant, _ := strings.Cut(name, ".")
		if base != "go-plugin" && base != "pluginhost" {
			b.Fatalf("expected go-plugin or pluginhost before the dot, found %q", name)
		}
		list = append(list, starter{name, base == "pluginhost", variant == "mtls"})
	}
	first := *roundNumber % len(list)
	return slices.Concat(list[first:], list[:first])
}

// started is a plugin that runs.
type started struct {
	client interface {
		Client() (plugin.ClientProtocol, error)
	}
	close func() error
}

// config returns the configuration of the host and the command of the plugin.
func (s starter) config() (*plugin.ClientConfig, *exec.Cmd) {
	config := benchpb.ClientConfig()
	config.Logger = hclog.NewNullLogger()
	config.AutoMTLS = s.mtls
	command := exec.Command(os.Args[0])
	served := "generated"
	if s.ours {
		served = "pluginserve"
	}
	command.Env = append(os.Environ(), servedPeer+"="+served)
	return config, command
}

// start starts a plugin.
func (s starter) start(ctx context.Context) (started, error) {
	config, command := s.config()
	if s.ours {
		p, err := pluginhost.Start(ctx, config, command)
		return started{p, func() error { return p.Close(ctx) }}, err
	}
	config.Cmd = command
	client := plugin.NewClient(config)
	_, err := client.Client()
	return started{client, func() error { client.Kill(); return nil }}, err
}

// startSeveral starts plugins side by side, by pluginhost.StartAll where the starter has it.
func (s starter) startSeveral(ctx context.Context, n int) ([]started, error) {
	if !s.ours {
		return s.startInTurn(ctx, n)
	}
	var specs []pluginhost.Spec
	for range n {
		config, command := s.config()
		specs = append(specs, pluginhost.Spec{Config: config, Command: command})
	}
	plugins, err := pluginhost.StartAll(ctx, specs...)
	var all []started
	for _, p := range plugins {
		all = append(all, started{p, func() error { return p.Close(ctx) }})
	}
	return all, err
}

func (s starter) startInTurn(ctx context.Context, n int) ([]started, error) {
	var all []started
	for range n {
		p, err := s.start(ctx)
		all = append(all, p)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// answer makes the first call.
func (p started) answer(ctx context.Context) error {
	greeter, err := benchpb.DispenseGreeter(p.client)
	if err != nil {
		return err
	}
	if got, err := greeter.Greet(ctx); err != nil || got != greeting {
		return fmt.Errorf("got %q, %w", got, err)
	}
	return nil
}

// BenchmarkStart measures a start to the first answer, and the end of a plugin.
func BenchmarkStart(b *testing.B) {
	ctx := b.Context()
	for _, phase := range []string{"start", "close"} {
		for _, s := range starters(b) {
			b.Run(fmt.Sprintf("phase=%s/peer=%s", phase, s.name), func(b *testing.B) {
				for range b.N {
					pauseIn(b, phase == "close")
					p, err := s.start(ctx)
					if err == nil {
						err = p.answer(ctx)
					}
					pauseIn(b, phase == "start")
					if closeErr := p.close(); err != nil || closeErr != nil {
						b.Fatal(err, closeErr)
					}
				}
			})
		}
	}
}

// pauseIn stops the clock, or lets it run.
func pauseIn(b *testing.B, pause bool) {
	if pause {
		b.StopTimer()
	} else {
		b.StartTimer()
	}
}

// BenchmarkStartTwenty measures the start of twenty plugins, until each has answered once.
func BenchmarkStartTwenty(b *testing.B) {
	ctx := b.Context()
	for _, s := range starters(b) {
		b.Run("peer="+s.name, func(b *testing.B) {
			for range b.N {
				pauseIn(b, false)
				all, err := s.startSeveral(ctx, 20)
				for _, p := range all {
					if err == nil {
						err = p.answer(ctx)
					}
				}
				pauseIn(b, true)
				closeAll(b, all)
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func closeAll(b *testing.B, all []started) {
	var group sync.WaitGroup
	for _, p := range all {
		group.Go(func() {
			if err := p.close(); err != nil {
				b.Error(err)
			}
		})
	}
	group.Wait()
}

// servePluginserve serves what the generated peer serves, by pluginserve.
func servePluginserve() { pluginserve.Run(benchpb.ServeConfig(generatedPlugins())) }

// TestStarters starts and ends a plugin in each way.
func TestStarters(t *testing.T) {
	for _, s := range []starter{{"plain", false, false}, {"ours", true, false}, {"plain mtls", false, true}, {"ours mtls", true, true}} {
		t.Run(s.name, func(t *testing.T) {
			all, err := s.startSeveral(t.Context(), 2)
			for _, p := range all {
				if answerErr := p.answer(t.Context()); answerErr != nil {
					t.Error(answerErr)
				}
				if closeErr := p.close(); closeErr != nil {
					t.Error(closeErr)
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}
