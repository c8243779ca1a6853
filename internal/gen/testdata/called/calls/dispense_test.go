package calls

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/go-plugin"

	"golden.test/recorder"
)

// A started plugin answers as *plugin.Client does once the plugin runs.
type started struct {
	plugin.ClientProtocol
	err error
}

func (s started) Client() (plugin.ClientProtocol, error) { return s.ClientProtocol, s.err }

// pluginClient returns the client of a plugin that serves a set.
func pluginClient(t *testing.T, set plugin.PluginSet) *plugin.GRPCClient {
	t.Helper()
	client, _ := plugin.TestPluginGRPCConn(t, false, set)
	t.Cleanup(func() {
		if err := client.Close(); err != nil { // which also stops the server
			t.Error(err)
		}
	})
	return client
}

func TestDispense(t *testing.T) {
	forEachService(t, func(t *testing.T, s recorder.Service) {
		implementation := new(recorder.Implementation)
		client := pluginClient(t, s.Set(implementation))
		dispensed, err := s.Dispense(started{ClientProtocol: client})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Methods {
			implementation.Return(recorder.Outcome{Err: errors.New("it is " + m.Name)})
			if _, err := call(t.Context(), dispensed, m.Name); err == nil || !skipsBrokenRequest(err) && err.Error() != "it is "+m.Name {
				t.Errorf("%s: %v", m.Name, err)
			}
		}
	})
}

func TestDispenseFails(t *testing.T) {
	refused := errors.New("refused")
	forEachService(t, func(t *testing.T, s recorder.Service) {
		if _, err := s.Dispense(started{err: refused}); !errors.Is(err, refused) || !strings.Contains(err.Error(), s.Key) {
			t.Errorf("no plugin: %v", err)
		}
		client := pluginClient(t, plugin.PluginSet{})
		if _, err := s.Dispense(started{ClientProtocol: client}); err == nil || !strings.Contains(err.Error(), "dispense ") {
			t.Errorf("empty set: %v", err)
		}
		_, err := s.Dispense(started{ClientProtocol: other{}})
		if len(s.Methods) == 0 {
			return // anything implements an interface without methods
		}
		if err == nil || !strings.Contains(err.Error(), "the plugin set has a string, which is no *") {
			t.Errorf("another type: %v", err)
		}
	})
}

// other dispenses what no service is.
type other struct{ plugin.ClientProtocol }

func (other) Dispense(string) (any, error) { return "a string", nil }
