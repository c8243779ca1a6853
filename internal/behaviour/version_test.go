package behaviour

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// A host and a plugin without a common version: the error names those of both sides and says what to do.
func TestNoCommonVersion(t *testing.T) {
	verifyNoLeak(t)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := pb.ClientConfig()
	config.Cmd = exec.Command(binary)
	config.Logger = hclog.NewNullLogger()
	config.Plugins = nil
	config.VersionedPlugins = map[int]plugin.PluginSet{7: pb.PluginSet{}.Plugins()}
	client := plugin.NewClient(config)
	defer client.Kill()
	_, err = pb.DispenseCallback(client)
	for _, want := range []string{`start plugin for "callback"`, "Plugin version: 1", "Client versions: [7]", "VersionedPlugins"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
