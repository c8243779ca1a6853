//go:build linux

package pluginhost

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net/rpc"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// adding is the host's helper.
type adding struct{ pb.UnimplementedHelper }

func (adding) Sum(_ context.Context, a, b int64) (int64, error) { return a + b, nil }

// expectSum calls a plugin, which calls the host back.
func expectSum(t *testing.T, p *Plugin) {
	t.Helper()
	callback, _ := dispense(t, p)
	if sum, err := callback.Add(t.Context(), adding{}, 2, 3, false); sum != 5 || err != nil {
		t.Errorf("got %d, %v, want 5", sum, err)
	}
}

// TestStart holds that every kind of connection of go-plugin works, with callbacks.
func TestStart(t *testing.T) {
	sum := func(t *testing.T) []byte {
		binary, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		return sum[:]
	}
	for name, change := range map[string]func(t *testing.T, c *plugin.ClientConfig){
		"plain":     func(*testing.T, *plugin.ClientConfig) {},
		"AutoMTLS":  func(_ *testing.T, c *plugin.ClientConfig) { c.AutoMTLS = true },
		"multiplex": func(_ *testing.T, c *plugin.ClientConfig) { c.GRPCBrokerMultiplex = true },
		"AutoMTLS, multiplex": func(_ *testing.T, c *plugin.ClientConfig) {
			c.AutoMTLS, c.GRPCBrokerMultiplex = true, true
		},
		"group": func(_ *testing.T, c *plugin.ClientConfig) { c.UnixSocketConfig.Group = "0" },
		"versions": func(_ *testing.T, c *plugin.ClientConfig) {
			c.VersionedPlugins = map[int]plugin.PluginSet{1: c.Plugins, 2: {}}
			c.Plugins, c.ProtocolVersion = nil, 0
		},
		"checksum": func(t *testing.T, c *plugin.ClientConfig) {
			c.SecureConfig = &plugin.SecureConfig{Checksum: sum(t), Hash: sha256.New()}
			c.SecureConfig.Hash.Write([]byte("used before"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "group" && os.Getgid() != 0 {
				t.Skip("the group of the test is not that of this user")
			}
			s := newStage(t)
			config := s.config()
			change(t, config)
			p := s.start(config, "serve")
			expectSum(t, p)
			if p.NegotiatedVersion() != 1 || p.PID() == 0 || p.Err() != nil {
				t.Errorf("version %d, pid %d, %v", p.NegotiatedVersion(), p.PID(), p.Err())
			}
			if err := p.Close(patience(t)); err != nil || p.Err() != nil {
				t.Errorf("Close: %v, and then %v", err, p.Err())
			}
			if _, err := p.Client(); !errors.Is(err, os.ErrClosed) {
				t.Errorf("Client after Close: %v", err)
			}
		})
	}
}

func TestStartNetRPC(t *testing.T) {
	for name, mtls := range map[string]bool{"plain": false, "AutoMTLS": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			config := s.config()
			config.AutoMTLS = mtls
			config.AllowedProtocols = nil // as in go-plugin: net/rpc alone
			config.Plugins = plugin.PluginSet{"greeter": greeterPlugin{}}
			p := s.start(config, "serve netrpc")
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
			if err := raw.(*rpc.Client).Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStartLeavesItsArguments holds that a configuration and a command can be used again.
func TestStartLeavesItsArguments(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	config, command := s.config(), s.command("serve")
	config.AutoMTLS, config.Logger = true, nil
	before, commandBefore := *config, *command
	for range 2 {
		p, err := Start(t.Context(), config, command, WithLogger(hclog.NewNullLogger()))
		if err != nil {
			t.Fatal(err)
		}
		expectClose(t, p)
	}
	if config.Cmd != nil || config.RunnerFunc != nil || config.Logger != nil || config.TLSConfig != nil || config.SkipHostEnv ||
		config.SyncStdout != nil || config.StartTimeout != 0 || config.VersionedPlugins != nil ||
		len(config.GRPCDialOptions) != len(before.GRPCDialOptions) || config.UnixSocketConfig.TempDir != s.dir {
		t.Errorf("the configuration is now %+v", config)
	}
	if command.Process != nil || command.Stdout != nil || command.SysProcAttr != nil || len(command.Env) != len(commandBefore.Env) {
		t.Errorf("the command is now %+v", command)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	config := s.config()
	config.Stderr = writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("waiting")) {
			cancel(errors.New("the user went away"))
		}
		return len(p), nil
	})
	_, err := Start(ctx, config, s.command("hang"))
	e, ok := errors.AsType[*StartError](err)
	if !ok || e.Reason != Canceled || !errors.Is(err, ctx.Err()) || !strings.Contains(err.Error(), "the user went away") {
		t.Errorf("got %v", err)
	}
	if _, err := Start(ctx, config, s.command("serve")); !errors.Is(err, context.Canceled) {
		t.Errorf("a start that is canceled before: %v", err)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestHostEnv(t *testing.T) {
	t.Setenv("HOST_ONE", "1")
	t.Setenv("HOST_TWO", "2")
	t.Setenv(behaviourVariable, "hang")           // the command's own wins
	t.Setenv(plugin.EnvUnixSocketDir, "/nowhere") // a host that is a plugin itself
	t.Setenv("PLUGIN_CLIENT_CERT", "of its own host")
	for name, tt := range map[string]struct {
		change  func(*plugin.ClientConfig)
		options []Option
		want    string
	}{
		"all":         {want: "HOST_ONE=1 HOST_TWO=2"},
		"SkipHostEnv": {change: func(c *plugin.ClientConfig) { c.SkipHostEnv = true }},
		"some":        {options: []Option{WithHostEnv("HOST_TWO")}, want: "HOST_TWO=2"},
		"none":        {options: []Option{WithHostEnv()}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			config := s.config()
			if tt.change != nil {
				tt.change(config)
			}
			p := s.start(config, "environment", tt.options...)
			expectSum(t, p)
			expectClose(t, p)
			if want := "environment: [" + tt.want + "]"; !strings.Contains(s.log.String(), want) {
				t.Errorf("the log has no %s", want)
			}
		})
	}
}

func TestStartAll(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	specs := make([]Spec, 10)
	for i := range specs {
		specs[i] = Spec{Config: s.config(), Command: s.command("serve")}
	}
	specs[3].Command = s.command("exit 3")
	specs[7].Command = s.command("panic")
	plugins, err := StartAll(t.Context(), specs...)
	if err == nil || !strings.Contains(err.Error(), "code 3") || !strings.Contains(err.Error(), "no abacus") {
		t.Errorf("got the error %v, want those of both", err)
	}
	for i, p := range plugins {
		if (p == nil) != (i == 3 || i == 7) {
			t.Errorf("plugin %d: %v", i, p)
		}
		if p != nil {
			expectSum(t, p)
		}
		expectClose(t, p)
	}
}
