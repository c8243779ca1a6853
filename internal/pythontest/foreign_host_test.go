package pythontest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

const goPlugin = "github.com/hashicorp/go-plugin"

// theirPlugin answers the host of go-plugin's example.
const theirPlugin = `"""Values made of their keys."""

from . import goplugin, sdk


class KV(sdk.KV):
    """Tells what was put."""

    async def put(self, key: str, value: bytes) -> None:
        """Take the value."""
        print(f"{key} is {value.decode()}")

    async def get(self, key: str) -> bytes:
        """Return a value."""
        return f"the value of {key}".encode()


def plugin_sets() -> list[goplugin.PluginSet]:
    """Return what the plugin serves."""
    return [sdk.plugin_set(kv=KV())]
`

// The host of go-plugin's own example, which knows nothing of us, uses a plugin of its own .proto file.
func TestHostOfGoPlugin(t *testing.T) {
	source := strings.TrimSpace(run(t, tools.Root(), "go", "list", "-m", "-f", "{{.Dir}}", goPlugin))
	proto, err := os.ReadFile(filepath.Join(source, "examples", "grpc", "proto", "kv.proto"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(proto), "package proto;", "// goplugin:handshake cookie_key=BASIC_PLUGIN cookie_value=hello\npackage proto;", 1)
	plan, err := scaffold.ForeignPlugin(t.Context(), scaffold.ForeignOptions{
		Name: "kv-theirs", Language: "python", Sources: fstest.MapFS{"kv.proto": {Data: []byte(text)}}, Files: []string{"kv.proto"},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := project{filepath.Join(t.TempDir(), "kv-theirs"), "kv-theirs", "kv_theirs"}
	if _, err := plan.Apply(t.Context(), p.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "src", p.pkg, "plugin.py"), []byte(theirPlugin), 0o644); err != nil {
		t.Fatal(err)
	}
	host := filepath.Join(t.TempDir(), "host")
	run(t, tools.Root(), "go", "build", "-o", host, goPlugin+"/examples/grpc")
	for _, args := range [][]string{{"put", "greeting", "hello"}, {"get", "greeting"}} {
		cmd := exec.CommandContext(t.Context(), host, args...)
		cmd.Env = append(p.plugin(t).Env, "KV_PROTO=grpc", "KV_PLUGIN="+strings.Join(p.plugin(t).Args, " "))
		output, err := cmd.Output() // its log goes to standard error
		if err != nil {
			t.Errorf("%q: %v", args, err)
		}
		if args[0] == "get" && string(output) != "the value of greeting\n" {
			t.Errorf("%q: got %q", args, output)
		}
	}
}

// A host that asks for the broker's multiplexing is told at once that there is none.
func TestMultiplexIsRefused(t *testing.T) {
	config := hostConfig()
	config.Cmd, config.GRPCBrokerMultiplex = fullProject(t).plugin(t), true
	c := plugin.NewClient(config)
	defer c.Kill()
	if _, err := c.Start(); !errors.Is(err, plugin.ErrGRPCBrokerMuxNotSupported) {
		t.Errorf("got %v, want go-plugin's error of multiplexing", err)
	}
}
