//go:build linux

package pluginhost

import (
	"encoding/json"
	"errors"
	"net/rpc"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/go-plugin"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// debugged starts a plugin by plain go-plugin and sets the variable that leads hosts to it.
func debugged(t *testing.T, s *stage, behaviour string, config *plugin.ClientConfig) *plugin.Client {
	t.Helper()
	config.Cmd = s.command(behaviour)
	debugger := plugin.NewClient(config)
	t.Cleanup(debugger.Kill)
	if _, err := debugger.Client(); err != nil {
		t.Fatal(err)
	}
	at := debugger.ReattachConfig()
	point := attachPoint{Protocol: at.Protocol, ProtocolVersion: debugger.NegotiatedVersion(), Pid: at.Pid}
	point.Addr.Network, point.Addr.String = at.Addr.Network(), at.Addr.String()
	text, err := json.Marshal(point)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(pb.Handshake.MagicCookieKey+"_REATTACH", string(text))
	return debugger
}

// TestReattach holds that a host finds a plugin in a debugger, with the set of its version, and leaves it alive.
func TestReattach(t *testing.T) {
	s := newStage(t)
	config := s.config()
	versions(3, 4)(s, config)
	debugger := debugged(t, s, "serve version 3", config)
	for range 2 {
		config := s.config()
		config.AutoMTLS, config.GRPCBrokerMultiplex = true, true // which a plugin in a debugger does not do
		config.VersionedPlugins = map[int]plugin.PluginSet{3: config.Plugins, 4: {}}
		config.Plugins = nil
		p, err := Start(t.Context(), config, exec.Command("/nowhere/plugin"))
		if err != nil {
			t.Fatal(err)
		}
		// No callbacks: go-plugin's broker ends in the plugin with its first connection.
		callback, _ := dispense(t, p)
		if sum, err := callback.Add(t.Context(), nil, 2, 3, false); sum != 5 || err != nil {
			t.Errorf("got %d, %v", sum, err)
		}
		if p.NegotiatedVersion() != 3 || p.PID() != debugger.ReattachConfig().Pid {
			t.Errorf("version %d, pid %d", p.NegotiatedVersion(), p.PID())
		}
		if err := p.Close(patience(t)); err != nil || p.Err() != nil {
			t.Errorf("Close: %v, Err: %v", err, p.Err())
		}
		if debugger.Exited() {
			t.Fatal("the plugin has ended with its host's connection")
		}
	}
	p, err := Start(t.Context(), s.config3(), exec.Command("/nowhere/plugin"))
	if err != nil {
		t.Fatal(err)
	}
	kill(t, p, syscall.SIGKILL)
	<-p.Done()
	if err := os.Remove(debugger.ReattachConfig().Addr.String()); err != nil { // which plain go-plugin leaves
		t.Error(err)
	}
	if !errors.Is(p.Err(), ErrPluginDied) {
		t.Errorf("Err: %v", p.Err())
	}
	_, err = Start(t.Context(), s.config3(), exec.Command("/nowhere/plugin"))
	if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != Unreachable || !strings.Contains(e.Error(), "_REATTACH") {
		t.Errorf("a plugin that is gone: %v", err)
	}
}

// config3 is of protocol version 3.
func (s *stage) config3() *plugin.ClientConfig {
	config := s.config()
	config.ProtocolVersion = 3
	return config
}

func TestReattachNetRPC(t *testing.T) {
	s := newStage(t)
	config := func() *plugin.ClientConfig {
		config := s.config()
		config.AllowedProtocols = []plugin.Protocol{plugin.ProtocolNetRPC}
		config.Plugins = plugin.PluginSet{"greeter": greeterPlugin{}}
		return config
	}
	debugger := debugged(t, s, "serve netrpc", config())
	for range 2 {
		p, err := Start(t.Context(), config(), exec.Command("/nowhere/plugin"))
		if err != nil {
			t.Fatal(err)
		}
		client, err := p.Client()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := client.Dispense("greeter")
		if err != nil {
			t.Fatal(err)
		}
		var greeting string
		if err := raw.(*rpc.Client).Call("Plugin.Greet", "Ada", &greeting); err != nil || greeting != "Hello, Ada!" {
			t.Errorf("got %q, %v", greeting, err)
		}
		expectClose(t, p)
		if debugger.Exited() {
			t.Fatal("the plugin has ended with its host's connection")
		}
	}
}

func TestReattachMistakes(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want Reason
	}{
		"no JSON":         {"/tmp/x", BadConfig},
		"no network":      {`{"Protocol":"grpc","ProtocolVersion":1,"Pid":1,"Addr":{"Network":"pipe","String":"x"}}`, BadConfig},
		"another version": {`{"Protocol":"grpc","ProtocolVersion":9,"Pid":1,"Addr":{"Network":"unix","String":"/x"}}`, VersionMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			t.Setenv(pb.Handshake.MagicCookieKey+"_REATTACH", tt.text)
			_, err := Start(t.Context(), s.config(), s.command("serve"))
			if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != tt.want {
				t.Errorf("got %v, want the reason %q", err, tt.want)
			}
		})
	}
}

// TestRunnerFunc holds that a runner of the host's own, such as one for containers, gets the same care.
func TestRunnerFunc(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, tt := range []struct {
		behaviour string
		want      Reason
	}{{"noise", ""}, {"exit 3", Exited}, {"not started", NotStarted}} {
		t.Run(tt.behaviour, func(t *testing.T) {
			config := s.config()
			config.RunnerFunc = ownRunner(s, tt.behaviour)
			p, err := Start(t.Context(), config, nil)
			if tt.want != "" {
				if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != tt.want {
					t.Errorf("got %v, want the reason %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			expectSum(t, p)
			expectClose(t, p)
			s.log = new(lockedBuffer)
		})
	}
}
