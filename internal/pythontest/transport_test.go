package pythontest

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// overTCP makes a plugin listen as it does on Windows.
func overTCP(cmd *exec.Cmd) {
	const run = `from full_python.goplugin import transport; transport.NETWORK = "tcp"
from full_python.__main__ import main; main()`
	cmd.Args = []string{cmd.Args[0], "-c", run}
}

// A client is a plugin that a host has started.
type client interface {
	Client() (plugin.ClientProtocol, error)
}

// checkCalls calls a plugin, and lets it call back.
func checkCalls(t *testing.T, c client) {
	t.Helper()
	kv := dispensed[kvv1.KV](t)(kvv1.DispenseKV(c))
	large := strings.Repeat("x", 8<<20) // twice what gRPC takes by default
	if err := kv.Put(t.Context(), "large", []byte(large)); err != nil {
		t.Errorf("8 MiB to the plugin: %v", err)
	}
	if value, err := kv.Get(t.Context(), "large"); err != nil || string(value) != large {
		t.Errorf("8 MiB back: got %d bytes, %v", len(value), err)
	}
	checkCallbacks(t, dispensed[behaviourpb.Callback](t)(behaviourpb.DispenseCallback(c)))
}

// A plugin is called, and calls back, over either network, with either kind of certificate: those of go-plugin's own hosts
// have keys that gRPC's Python library refuses, those of package pluginhost do not.
func TestTransports(t *testing.T) {
	for _, network := range []string{"unix", "tcp"} {
		for _, mtls := range []bool{false, true} {
			configure := func(config *plugin.ClientConfig) {
				config.AutoMTLS = mtls
				if network == "tcp" {
					config.MinPort, config.MaxPort = 20000, 22000
					overTCP(config.Cmd)
				}
			}
			t.Run(fmt.Sprintf("%s, AutoMTLS %v, go-plugin", network, mtls), func(t *testing.T) {
				h := start(t, configure)
				if got := h.client.ReattachConfig().Addr; got.Network() != network {
					t.Errorf("the plugin listens on %s %s, want %s", got.Network(), got, network)
				}
				checkCalls(t, h.client)
			})
			t.Run(fmt.Sprintf("%s, AutoMTLS %v, pluginhost", network, mtls), func(t *testing.T) {
				config := hostConfig()
				config.Cmd = fullProject(t).plugin(t)
				configure(config)
				command := config.Cmd
				config.Cmd = nil
				p, err := pluginhost.Start(t.Context(), config, command)
				if err != nil {
					t.Fatal(err)
				}
				checkCalls(t, p)
				if err := p.Close(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// The host says which ports a plugin may take, and is told where none of them is free.
func TestNoFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	config := hostConfig()
	config.Cmd = fullProject(t).plugin(t)
	overTCP(config.Cmd)
	config.MinPort, config.MaxPort = uint(port), uint(port)
	log := &lockedBuffer{}
	config.Stderr = log
	c := plugin.NewClient(config)
	defer c.Kill()
	if _, err := c.Start(); err == nil {
		t.Fatal("want an error")
	}
	want := "The plugin cannot listen on a port from " + strconv.Itoa(port) + " to " + strconv.Itoa(port) + " (PLUGIN_MIN_PORT, PLUGIN_MAX_PORT)"
	eventually(t, "the plugin says why", func() bool { return strings.Contains(log.String(), want) })
}

// Calls, callbacks and what is printed share one event loop: however many there are, none waits for a thread.
func TestConcurrency(t *testing.T) {
	h := start(t, nil)
	kv, callback := h.kv(t), h.callback(t)
	hanging, release := context.WithCancel(t.Context())
	var calls, hung sync.WaitGroup
	for i := range int64(100) {
		hung.Go(func() { _, _ = kv.Get(hanging, "hang") })
		calls.Go(func() {
			if sum, err := callback.Add(t.Context(), adding{}, i, 1, false); err != nil || sum != i+1 {
				t.Errorf("call %d: got %d, %v", i, sum, err)
			}
		})
	}
	calls.Wait()
	release()
	hung.Wait()
	if _, err := kv.Get(t.Context(), "print"); err == nil {
		t.Error("want an error: there is no such key")
	}
	eventually(t, "what is printed arrives", func() bool { return strings.Contains(h.stdout.String(), "printed by a call\n") })
}
