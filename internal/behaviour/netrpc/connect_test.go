package netrpc

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"go.uber.org/goleak"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/netrpc/netrpcpb"
)

// TestMain is also the main of the plugin that the tests start: the test binary itself.
func TestMain(m *testing.M) {
	if os.Getenv(pb.Handshake.MagicCookieKey) != "" {
		servePlugin()
		return
	}
	os.Exit(m.Run())
}

// working answers with what it is called with, in some order, after before.
type working struct {
	before func(ctx context.Context) error
}

func (w working) Rest(ctx context.Context) error { return w.before(ctx) }

func (w working) Copy(ctx context.Context, data []byte) ([]byte, error) { return data, w.before(ctx) }

func (w working) Swap(ctx context.Context, a, b string) (a_, b_ string, err error) {
	return b, a, w.before(ctx)
}

func (w working) Wrap(ctx context.Context, req *pb.WrapRequest) (*pb.WrapResponse, error) {
	return &pb.WrapResponse{Inner: req}, w.before(ctx)
}

// calls are calls of every form. They report an answer that is not the implementation's.
var calls = map[string]func(t *testing.T, ctx context.Context, work pb.Work) error{
	"Rest": func(_ *testing.T, ctx context.Context, work pb.Work) error { return work.Rest(ctx) },
	"Copy": func(t *testing.T, ctx context.Context, work pb.Work) error {
		data, err := work.Copy(ctx, []byte("data"))
		check(t, err, string(data), "data")
		return err
	},
	"Swap": func(t *testing.T, ctx context.Context, work pb.Work) error {
		a, b, err := work.Swap(ctx, "a", "b")
		check(t, err, a+b, "ba")
		return err
	},
	"Wrap": func(t *testing.T, ctx context.Context, work pb.Work) error {
		resp, err := work.Wrap(ctx, &pb.WrapRequest{Text: "text"})
		check(t, err, resp.GetInner().GetText(), "text")
		return err
	},
}

// check compares the answer of a call, which is zero beside an error.
func check(t *testing.T, err error, got, want string) {
	t.Helper()
	if err != nil {
		want = ""
	}
	if got != want {
		t.Errorf("got %q beside the error %v, want %q", got, err, want)
	}
}

// A connected client is one whose plugin runs.
type connected struct{ plugin.ClientProtocol }

func (c connected) Client() (plugin.ClientProtocol, error) { return c.ClientProtocol, nil }

// connect serves an implementation in this process and returns the remote. When the test ends, no goroutine of either
// side may be left.
func connect(t *testing.T, impl pb.Work) pb.Work {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	client, _ := plugin.TestPluginRPCConn(t, pb.PluginSet{Work: impl}.Plugins(), nil)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	work, err := pb.DispenseWork(connected{client})
	if err != nil {
		t.Fatal(err)
	}
	return work
}

// startPlugin starts this binary as a plugin over net/rpc. When the test ends, no goroutine of the host may be left.
func startPlugin(t *testing.T, change func(*plugin.ClientConfig)) (pb.Work, *plugin.Client) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
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
	work, err := pb.DispenseWork(client)
	if err != nil {
		t.Fatal(err)
	}
	if client.Protocol() != plugin.ProtocolNetRPC {
		t.Fatalf("the plugin speaks %s", client.Protocol())
	}
	return work, client
}
