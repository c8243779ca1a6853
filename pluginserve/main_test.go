package pluginserve_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"
	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv1"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
	"github.com/goplugin-dev/goplugin/internal/testapi/counterv1"
	"github.com/goplugin-dev/goplugin/internal/testapi/greeterv1"
	"github.com/goplugin-dev/goplugin/pluginserve"
)

// roleVariable makes the test binary one of the programs of roles instead of running its tests.
const roleVariable = "PLUGINSERVE_TEST_ROLE"

var roles = map[string]func(){
	"probe":     func() { pluginserve.Run(probeConfig()) },
	"defaulted": serveDefaulted,
	"limited":   serveLimited,
	"slog":      serveSlog,
	"greeter":   func() { pluginserve.Run(greeterv1.ServeConfig(greeterv1.PluginSet{Greeter: panicking{}})) },
	"counter":   func() { pluginserve.Run(counterv1.ServeConfig(counterv1.PluginSet{Counter: newCounter()})) },
	"versions":  func() { pluginserve.Run(versionedConfig()) },
	"net/rpc":   func() { pluginserve.Run(netRPCConfig()) },
	"hook":      serveHook,
	"drain":     serveDrain,
	"slow hook": serveSlowHook,
	"outlive":   func() { pluginserve.Run(probeConfig(), pluginserve.OutliveHost()) },
	"host":      runHost,
	"no cookie": func() { pluginserve.Run(&plugin.ServeConfig{}) },
}

func TestMain(m *testing.M) {
	if role, ok := roles[os.Getenv(roleVariable)]; ok {
		role()
		return
	}
	// A go-plugin server in a test's own process leaves the readers of its stdout and stderr.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/hashicorp/go-plugin.copyChan"))
}

// command returns a command that runs the test binary in a role.
func command(role string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role,
		"GORACE=atexit_sleep_ms=0") // a program with the race detector would take a second to end
	return cmd
}

// serveDefaulted leaves everything to Run that a ServeConfig can leave to it.
func serveDefaulted() {
	config := probeConfig()
	config.GRPCServer = nil
	pluginserve.Run(config)
}

func serveLimited() {
	config := probeConfig()
	config.GRPCServer = func(options []grpc.ServerOption) *grpc.Server {
		return grpc.NewServer(append(options, grpc.MaxRecvMsgSize(1<<20))...)
	}
	pluginserve.Run(config)
}

func serveSlog() {
	config := probeConfig()
	slog.SetDefault(slog.New(pluginserve.LogHandler(config)))
	pluginserve.Run(config)
}

// serveHook writes a file when it shuts down, and logs before and after: its host may be gone.
func serveHook() {
	config := probeConfig()
	log := slog.New(pluginserve.LogHandler(config))
	pluginserve.Run(config, pluginserve.OnShutdown(time.Minute, func(ctx context.Context) error {
		log.Info("shutting down")
		if _, ok := ctx.Deadline(); !ok {
			return errors.New("no deadline")
		}
		log.Info("still there")
		return os.WriteFile(os.Getenv("HOOK_FILE"), []byte("done"), 0o600)
	}))
}

func serveSlowHook() {
	pluginserve.Run(probeConfig(), pluginserve.OnShutdown(time.Millisecond, func(context.Context) error {
		select {}
	}))
}

// serveDrain shuts down after the call that is under way, which takes its time to end.
func serveDrain() {
	pluginserve.Run(probeConfig(), pluginserve.OnShutdown(time.Minute, func(context.Context) error {
		if !lingered.Load() {
			return errors.New("a handler still runs")
		}
		return os.WriteFile(os.Getenv("HOOK_FILE"), []byte("done"), 0o600)
	}))
}

// panicking is a plugin of generated code.
type panicking struct{ greeterv1.UnimplementedGreeter }

func (panicking) Greet(context.Context) (string, error) { panic("no greeting") }

type counter struct {
	counterv1.UnimplementedCounter
	values map[string]int64
}

func newCounter() *counter { return &counter{values: map[string]int64{}} }

func (c *counter) Put(ctx context.Context, addHelper counterv1.AddHelper, key string, value int64) error {
	sum, err := addHelper.Sum(ctx, c.values[key], value)
	c.values[key] = sum
	return err
}

func (c *counter) Get(_ context.Context, key string) (int64, error) { return c.values[key], nil }

type adder struct {
	counterv1.UnimplementedAddHelper
}

func (adder) Sum(_ context.Context, a, b int64) (int64, error) { return a + b, nil }

type stationV1 struct{ weatherv1.UnimplementedStation }

func (stationV1) Measure(context.Context) (float64, error) { return 11, nil }

type stationV2 struct{ weatherv2.UnimplementedStation }

func (stationV2) Measure(context.Context) (float64, *float64, error) { return 22, nil, nil }

// versionedConfig serves two versions, as hand-written configurations do.
func versionedConfig() *plugin.ServeConfig {
	config := weatherv2.ServeConfig(weatherv2.PluginSet{})
	config.Plugins = nil
	config.VersionedPlugins = map[int]plugin.PluginSet{
		1: weatherv1.PluginSet{Station: stationV1{}}.Plugins(),
		2: weatherv2.PluginSet{Station: stationV2{}}.Plugins(),
	}
	return config
}
