//go:build unix

package pluginserve_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv1"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
	"github.com/goplugin-dev/goplugin/internal/testapi/counterv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// A debugged plugin was started without a host.
type debugged struct {
	cmd    *exec.Cmd
	dir    string // for sockets
	stderr *lines
	at     plugin.ReattachConfig
	pasted string // the variable's value
}

// startDebugged starts the plugin, and pastes what it prints into a shell.
func startDebugged(t *testing.T, role, cookie string, env ...string) *debugged {
	t.Helper()
	variable := cookie + "_REATTACH"
	d := &debugged{cmd: command(role, "-debug"), dir: t.TempDir(), stderr: new(lines)}
	d.cmd.Env = append(append(d.cmd.Env, "TMPDIR="+d.dir), env...)
	d.cmd.Stderr = d.stderr
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.cmd.Process.Kill() })
	scanner := bufio.NewScanner(stdout)
	for scanner.Scan() {
		if strings.HasPrefix(scanner.Text(), "$env:") {
			break // the last line
		}
		if strings.HasPrefix(scanner.Text(), "export "+variable+"=") {
			d.pasted = paste(t, scanner.Text(), variable)
			d.at = parse(t, d.pasted)
		}
	}
	if d.at.Addr == nil {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
		t.Fatalf("the plugin printed no line to paste; stderr:\n%s", d.stderr)
	}
	return d
}

// paste has a shell run a line, and returns the variable that it sets.
func paste(t *testing.T, line, variable string) string {
	t.Helper()
	value, err := exec.Command("sh", "-c", line+"\nprintf %s \"$"+variable+"\"").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}

// parse returns how go-plugin's own host attaches.
func parse(t *testing.T, value string) plugin.ReattachConfig {
	t.Helper()
	var parsed struct {
		Protocol        plugin.Protocol
		ProtocolVersion int
		Pid             int
		Addr            struct{ Network, String string }
	}
	if err := json.Unmarshal([]byte(value), &parsed); err != nil {
		t.Fatalf("%s: %v", value, err)
	}
	return plugin.ReattachConfig{
		Protocol:        parsed.Protocol,
		ProtocolVersion: parsed.ProtocolVersion,
		Pid:             parsed.Pid,
		Addr:            &net.UnixAddr{Net: parsed.Addr.Network, Name: parsed.Addr.String},
		Test:            true, // go-plugin's way to leave the process alone
	}
}

// interrupt ends the plugin with Ctrl-C.
func (d *debugged) interrupt(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("the plugin ended with %v", err)
	}
	if logged := d.stderr.String(); logged != "" {
		t.Errorf("the plugin logged:\n%s", logged)
	}
	if left, err := os.ReadDir(d.dir); err != nil || len(left) > 0 {
		t.Errorf("the plugin left %v, %v", left, err)
	}
}

// attach returns a host that uses the plugin.
func (d *debugged) attach(t *testing.T, set plugin.PluginSet) *plugin.Client {
	t.Helper()
	return plugin.NewClient(&plugin.ClientConfig{
		Plugins:          set,
		Reattach:         &d.at,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
	})
}

// detach closes the connection, which asks the plugin to end.
func detach(t *testing.T, client *plugin.Client) {
	t.Helper()
	protocol, err := client.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.Close(); err != nil {
		t.Errorf("asking the plugin to end: %v", err)
	}
}

// TestHostsComeAndGo has one host after the other attach, call, be called back, and ask the plugin to end.
func TestHostsComeAndGo(t *testing.T) {
	d := startDebugged(t, "counter", counterv1.Handshake.MagicCookieKey)
	for i := range 3 {
		client := d.attach(t, counterv1.PluginSet{}.Plugins())
		counter, err := counterv1.DispenseCounter(client)
		if err != nil {
			t.Fatal(err)
		}
		if err := counter.Put(t.Context(), adder{}, "apples", 1); err != nil {
			t.Fatalf("host %d: %v", i, err)
		}
		if apples, err := counter.Get(t.Context(), "apples"); apples != int64(i)+1 || err != nil {
			t.Errorf("host %d: %d apples, %v: the plugin is not the same any more", i, apples, err)
		}
		detach(t, client)
	}
	d.interrupt(t)
}

// TestPluginhostAttaches holds the line that is printed against the package that reads it.
func TestPluginhostAttaches(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		t.Run("version "+version, func(t *testing.T) {
			d := startDebugged(t, "versions", weatherv2.Handshake.MagicCookieKey, "PLUGIN_PROTOCOL_VERSIONS="+version)
			t.Setenv(weatherv2.Handshake.MagicCookieKey+"_REATTACH", d.pasted)
			for range 2 {
				p, err := pluginhost.Start(t.Context(), versionedHost(), exec.Command("not/started"))
				if err != nil {
					t.Fatal(err)
				}
				if got := measured(t, p, p.NegotiatedVersion()); got != 11*d.at.ProtocolVersion {
					t.Errorf("Measure returned %v", got)
				}
				if err := p.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}
			d.interrupt(t)
		})
	}
}

func versionedHost() *plugin.ClientConfig {
	return &plugin.ClientConfig{
		HandshakeConfig:  weatherv2.Handshake,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
		VersionedPlugins: map[int]plugin.PluginSet{1: weatherv1.PluginSet{}.Plugins(), 2: weatherv2.PluginSet{}.Plugins()},
	}
}

// TestPausedInADebugger stops the plugin in the middle of a call, for as long as it takes.
func TestPausedInADebugger(t *testing.T) {
	d := startDebugged(t, "probe", handshake.MagicCookieKey)
	client := d.attach(t, plugin.PluginSet{"probe": &probePlugin{}})
	conn := (&host{client: client}).connect(t)
	if err := syscall.Kill(d.at.Pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	answer := make(chan error)
	go func() {
		_, err := do(conn, "pid")
		answer <- err
	}()
	await(t, "the plugin to stop", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.at.Pid))
		return err != nil || strings.Contains(string(stat), ") T ")
	})
	if err := syscall.Kill(d.at.Pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; err != nil {
		t.Error(err)
	}
	detach(t, client)
	d.interrupt(t)
}

func TestDebuggedVersion(t *testing.T) {
	for name, test := range map[string]struct {
		env  string
		want int
	}{
		"newest":              {"", 2},
		"chosen":              {"PLUGIN_PROTOCOL_VERSIONS=1", 1},
		"newest of those":     {"PLUGIN_PROTOCOL_VERSIONS=1,2,3", 2},
		"host's leftovers":    {"PLUGIN_MULTIPLEX_GRPC=true", 2},
		"host's certificate":  {"PLUGIN_CLIENT_CERT=PEM", 2},
		"variable, no -debug": {"GOPLUGIN_DEBUG=1", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDebugged(t, "versions", weatherv2.Handshake.MagicCookieKey, test.env)
			if d.at.ProtocolVersion != test.want {
				t.Fatalf("it serves version %d, want %d", d.at.ProtocolVersion, test.want)
			}
			client := d.attach(t, versionedHost().VersionedPlugins[test.want])
			if got := measured(t, client, test.want); got != 11*test.want {
				t.Errorf("Measure returned %v", got)
			}
			detach(t, client)
			d.interrupt(t)
		})
	}
}

// measured calls the service of a version, which answers with 11 times its number.
func measured(t *testing.T, client interface {
	Client() (plugin.ClientProtocol, error)
}, version int) int {
	t.Helper()
	if version == 1 {
		station, err := weatherv1.DispenseStation(client)
		if err != nil {
			t.Fatal(err)
		}
		celsius, err := station.Measure(t.Context())
		if err != nil {
			t.Error(err)
		}
		return int(celsius)
	}
	station, err := weatherv2.DispenseStation(client)
	if err != nil {
		t.Fatal(err)
	}
	celsius, _, err := station.Measure(t.Context())
	if err != nil {
		t.Error(err)
	}
	return int(celsius)
}

func TestCannotDebug(t *testing.T) {
	for name, test := range map[string]struct{ role, env, want string }{
		"a version that there is not": {"versions", "PLUGIN_PROTOCOL_VERSIONS=3,4", "names no version of this plugin, which has 1, 2"},
		"no version":                  {"versions", "PLUGIN_PROTOCOL_VERSIONS=one", "expected protocol versions with commas between them"},
		"no directory for the socket": {"probe", "PLUGIN_UNIX_SOCKET_DIR=/does/not/exist", "plugin init error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(test.role, "--debug")
			cmd.Env = append(cmd.Env, test.env)
			output, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(output), test.want) {
				t.Errorf("%v\n%swant exit code 1 and %q", err, output, test.want)
			}
		})
	}
}
