package pluginserve_test

import (
	"bytes"
	"context"
	"net/rpc"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
	"github.com/goplugin-dev/goplugin/internal/testapi/counterv1"
	"github.com/goplugin-dev/goplugin/internal/testapi/greeterv1"
	"github.com/goplugin-dev/goplugin/pluginserve"
)

// transports are the ways in which go-plugin's own hosts connect.
var transports = map[string]func(*plugin.ClientConfig){
	"plain":                 func(*plugin.ClientConfig) {},
	"AutoMTLS":              func(c *plugin.ClientConfig) { c.AutoMTLS = true },
	"multiplexed":           func(c *plugin.ClientConfig) { c.GRPCBrokerMultiplex = true },
	"multiplexed, AutoMTLS": func(c *plugin.ClientConfig) { c.GRPCBrokerMultiplex, c.AutoMTLS = true, true },
}

func TestCallbacksOverEveryTransport(t *testing.T) {
	for name, transport := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			h := startHost(t, "counter", func(c *plugin.ClientConfig) {
				c.HandshakeConfig, c.Plugins = counterv1.Handshake, counterv1.PluginSet{}.Plugins()
				c.Cmd.Env = append(c.Cmd.Env, "TMPDIR="+dir)
				c.SkipHostEnv = true
			}, transport)
			counter, err := counterv1.DispenseCounter(h.client)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := counter.Put(t.Context(), adder{}, "apples", 21); err != nil {
					t.Fatal(err)
				}
			}
			if apples, err := counter.Get(t.Context(), "apples"); apples != 42 || err != nil {
				t.Errorf("Get returned %d, %v; want 42", apples, err)
			}
			h.client.Kill()
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("the plugin left %v, %v", left, err)
			}
		})
	}
}

func TestMessageOver4MiB(t *testing.T) {
	for role, want := range map[string]codes.Code{
		"probe":     codes.OK, // plugin.DefaultGRPCServer
		"defaulted": codes.OK, // no GRPCServer
		"limited":   codes.ResourceExhausted,
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			conn := startHost(t, role).connect(t)
			in, out := wrapperspb.Bytes(make([]byte, 5<<20)), new(wrapperspb.BytesValue)
			err := conn.Invoke(t.Context(), "/test.Probe/Echo", in, out)
			if status.Code(err) != want {
				t.Errorf("a message of 5 MiB: %v, want %v", err, want)
			}
			if want == codes.OK && !bytes.Equal(in.Value, out.Value) {
				t.Errorf("%d bytes came back", len(out.Value))
			}
		})
	}
}

func TestPanicOfAHandWrittenHandler(t *testing.T) {
	h := startHost(t, "probe")
	conn := h.connect(t)
	for _, method := range []string{"/test.Probe/Do", "/test.Probe/Panic"} {
		err := callToPanic(t.Context(), conn, method)
		if status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "panic in "+method) {
			t.Errorf("%s: %v, want Internal", method, err)
		}
		h.log.await(t, `"@level":"error"`, `"method":"`+method+`"`, "goroutine", "probe_test.go")
	}
	if _, err := do(conn, "pid"); err != nil {
		t.Errorf("the plugin is not alive any more: %v", err)
	}
}

func callToPanic(ctx context.Context, conn *grpc.ClientConn, method string) error {
	if method == "/test.Probe/Do" {
		_, err := do(conn, "panic")
		return err
	}
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method)
	if err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(new(wrapperspb.StringValue))
}

// TestPanicOfGeneratedCode holds that a stack that the glue has reported is not reported again.
func TestPanicOfGeneratedCode(t *testing.T) {
	h := startHost(t, "greeter", func(c *plugin.ClientConfig) {
		c.HandshakeConfig, c.Plugins = greeterv1.Handshake, greeterv1.PluginSet{}.Plugins()
	})
	greeter, err := greeterv1.DispenseGreeter(h.client)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := greeter.Greet(t.Context()); status.Code(err) != codes.Internal {
		t.Errorf("Greet returned %v, want Internal", err)
	}
	h.stderr.await(t, "panic: no greeting") // Kill would cut off what is on its way.
	h.client.Kill()                         // The log is complete.
	if n := strings.Count(h.log.String()+h.stderr.String(), "panic: no greeting"); n != 1 {
		t.Errorf("the panic was reported %d times", n)
	}
	if strings.Contains(h.log.String(), "panic in a handler") {
		t.Error("the panic was reported once more by Run")
	}
}

// TestHostOfADebuggingUser holds that GOPLUGIN_DEBUG of a shell does not reach the plugins of a host that it starts.
func TestHostOfADebuggingUser(t *testing.T) {
	h := startHost(t, "probe", func(c *plugin.ClientConfig) {
		c.Cmd.Env = append(c.Cmd.Env, "GOPLUGIN_DEBUG=1")
		c.Cmd.Args = append(c.Cmd.Args, "-debug")
	})
	if _, err := do(h.connect(t), "pid"); err != nil {
		t.Error(err)
	}
}

func TestOutputReachesTheHostOnce(t *testing.T) {
	h := startHost(t, "probe")
	conn := h.connect(t)
	if _, err := do(conn, "print"); err != nil {
		t.Fatal(err)
	}
	h.stdout.await(t, "printed to stdout")
	h.stderr.await(t, "printed to stderr")
	h.client.Kill()
	if strings.Contains(h.log.String(), "printed to") {
		t.Error("the output was logged, too")
	}
}

func TestSlogKeepsItsLevel(t *testing.T) {
	h := startHost(t, "slog")
	if _, err := do(h.connect(t), "log"); err != nil {
		t.Fatal(err)
	}
	h.log.await(t, `"@level":"warn"`, `"@message":"a warning"`, `"key":"value"`)
}

func TestNetRPC(t *testing.T) {
	for _, transport := range []string{"plain", "AutoMTLS"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, "net/rpc", func(c *plugin.ClientConfig) {
				c.Plugins = plugin.PluginSet{"probe": rpcPlugin{}}
			}, transports[transport])
			protocol, err := h.client.Client()
			if err != nil {
				t.Fatal(err)
			}
			raw, err := protocol.Dispense("probe")
			if err != nil {
				t.Fatal(err)
			}
			var out string
			if err := raw.(*rpc.Client).Call("Plugin.Do", "echo", &out); err != nil || out != "echo" {
				t.Errorf("Do returned %q, %v", out, err)
			}
			h.stdout.await(t, "printed to stdout")
		})
	}
}

func TestNegotiatedVersion(t *testing.T) {
	h := startHost(t, "versions", func(c *plugin.ClientConfig) {
		c.HandshakeConfig = weatherv2.Handshake
		c.Plugins = nil
		c.VersionedPlugins = map[int]plugin.PluginSet{2: weatherv2.PluginSet{}.Plugins(), 3: {}}
	})
	station, err := weatherv2.DispenseStation(h.client)
	if err != nil {
		t.Fatal(err)
	}
	if celsius, _, err := station.Measure(t.Context()); celsius != 22 || err != nil {
		t.Errorf("Measure returned %v, %v", celsius, err)
	}
}

// TestRunInATest holds that a plugin can be tested within one process, and that its configuration stays as it is.
func TestRunInATest(t *testing.T) {
	config := versionedConfig()
	config.Plugins = plugin.PluginSet{"probe": &probePlugin{}}
	config.Logger = hclog.NewNullLogger()
	ctx, cancel := context.WithCancel(t.Context())
	closed, reattach := make(chan struct{}), make(chan *plugin.ReattachConfig, 1)
	config.Test = &plugin.ServeTestConfig{Context: ctx, CloseCh: closed, ReattachConfigCh: reattach}
	config.ProtocolVersion = 7
	go pluginserve.Run(config)
	if at := <-reattach; at.Protocol != plugin.ProtocolGRPC {
		t.Errorf("served %s", at.Protocol)
	}
	cancel()
	<-closed
	if len(config.VersionedPlugins) != 2 {
		t.Error("Run changed the configuration")
	}
}
