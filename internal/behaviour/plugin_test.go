package behaviour

import (
	"os"
	"os/exec"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"go.uber.org/goleak"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// TestMain is also the main of the plugin that the tests start: the test binary itself.
func TestMain(m *testing.M) {
	if os.Getenv(pb.Handshake.MagicCookieKey) != "" {
		pb.Serve(pb.PluginSet{Callback: new(calling), Stream: endless(), Blob: new(copying)})
		return
	}
	os.Exit(m.Run())
}

// startPlugin starts this binary as a plugin. When the test ends, no goroutine of the host may be left.
func startPlugin(t *testing.T, change func(*plugin.ClientConfig)) *plugin.Client {
	t.Helper()
	verifyNoLeak(t)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := pb.ClientConfig()
	config.Cmd = exec.Command(binary)
	config.Logger = hclog.NewNullLogger()
	change(config)
	client := plugin.NewClient(config)
	t.Cleanup(client.Kill)
	return client
}

// startInProcess serves a set in this process. When the test ends, no goroutine of either side may be left.
func startInProcess(t *testing.T, set pb.PluginSet) *plugin.Client {
	t.Helper()
	verifyNoLeak(t)
	client := pb.NewInProcessClient(set)
	t.Cleanup(client.Kill)
	return client
}

// verifyNoLeak fails the test if it leaves a goroutine.
func verifyNoLeak(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	// go-plugin's broker waits five seconds after each connection, whatever becomes of the plugin.
	upstream := goleak.IgnoreTopFunction("github.com/hashicorp/go-plugin.(*GRPCBroker).timeoutWait")
	t.Cleanup(func() { goleak.VerifyNone(t, before, upstream) })
}

// kill kills the plugin's process as an accident would.
func kill(t *testing.T, client *plugin.Client) {
	process, err := os.FindProcess(client.ReattachConfig().Pid)
	if err == nil {
		err = process.Kill()
	}
	if err != nil {
		t.Error(err)
	}
}
