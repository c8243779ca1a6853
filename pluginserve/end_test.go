//go:build unix

package pluginserve_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A killableHost is a process of runHost. The alive pipe ends when it and its plugin are gone.
type killableHost struct {
	cmd   *exec.Cmd
	stdin io.Closer
	alive *os.File
	dir   string // for sockets
	hook  string // the file that a hook writes
	pid   int    // of the plugin
}

func startKillableHost(t *testing.T, role string) *killableHost {
	t.Helper()
	alive, inherited, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	h := &killableHost{cmd: command("host"), alive: alive, dir: t.TempDir()}
	h.hook = filepath.Join(t.TempDir(), "hook")
	h.cmd.Env = append(h.cmd.Env, "PLUGIN_ROLE="+role, "HOOK_FILE="+h.hook, "TMPDIR="+h.dir)
	h.cmd.ExtraFiles = []*os.File{inherited}
	h.cmd.Stderr = os.Stderr
	h.stdin, err = h.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = inherited.Close()
	t.Cleanup(func() { _ = alive.Close() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if _, scanErr := fmt.Sscanf(line, "started %d", &h.pid); scanErr != nil {
		_ = h.cmd.Process.Kill()
		t.Fatalf("the host said %q, %v", line, err)
	}
	return h
}

// awaitPlugin waits until the plugin is gone. The time limit of the tests is its deadline.
func (h *killableHost) awaitPlugin(t *testing.T) {
	t.Helper()
	if _, err := h.alive.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("waiting for the end of the plugin: %v", err)
	}
	if left, err := os.ReadDir(h.dir); err != nil || len(left) > 0 {
		t.Errorf("the plugin left %v, %v", left, err)
	}
}

func TestHookRuns(t *testing.T) {
	for name, test := range map[string]struct {
		role string
		end  func(*killableHost) error
	}{
		"when the host asks":       {"hook", func(h *killableHost) error { return h.stdin.Close() }},
		"when the host was killed": {"hook", func(h *killableHost) error { return h.cmd.Process.Kill() }},
		"at SIGTERM":               {"hook", func(h *killableHost) error { return signalAndClose(h, syscall.SIGTERM) }},
		"and SIGINT is ignored":    {"hook", func(h *killableHost) error { return signalAndClose(h, syscall.SIGINT) }},
		"after the last call":      {"drain", func(h *killableHost) error { return h.stdin.Close() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startKillableHost(t, test.role)
			if err := test.end(h); err != nil {
				t.Fatal(err)
			}
			h.awaitPlugin(t)
			_ = h.cmd.Wait() // It was killed, or not.
			if done, err := os.ReadFile(h.hook); string(done) != "done" {
				t.Errorf("the hook wrote %q, %v", done, err)
			}
		})
	}
}

func signalAndClose(h *killableHost, s syscall.Signal) error {
	if err := syscall.Kill(h.pid, s); err != nil {
		return err
	}
	return h.stdin.Close()
}

func TestSlowHookIsNotWaitedFor(t *testing.T) {
	h := startHost(t, "slow hook")
	h.connect(t)
	h.client.Kill()
	h.log.await(t, `"@level":"error"`, "shutdown function failed", "still running after 1ms")
}

func TestPluginOutlivesItsHost(t *testing.T) {
	h := startKillableHost(t, "outlive")
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = h.cmd.Wait()
	// A plugin that does not outlive its host ends here, too, so that this host's plugin has had the time to.
	other := startKillableHost(t, "probe")
	if err := other.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.cmd.Wait()
	other.awaitPlugin(t)
	if err := syscall.Kill(h.pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	h.awaitPlugin(t)
	if _, err := os.Stat(filepath.Join("/proc", fmt.Sprint(h.pid), "exe")); err == nil {
		t.Error("the plugin is still there")
	}
}

func TestRunByHand(t *testing.T) {
	for _, test := range []struct {
		name, role string
		env        string
		want       []string
	}{
		{"gRPC", "probe", "", []string{"This binary is a plugin.", `protocol version 1, plugin "probe": test.Probe`, "-debug"}},
		{"versions", "versions", "", []string{`protocol version 1, plugin "station": weather.v1.StationService`, `protocol version 2, plugin "station": weather.v2.StationService`}},
		{"net/rpc", "net/rpc", "", []string{`plugin "probe": net/rpc`}},
		{"another cookie", "probe", "PROBE_PLUGIN=other", []string{`PROBE_PLUGIN is "other", and this plugin expects "probe"`}},
		{"no cookie", "no cookie", "", []string{"needs MagicCookieKey and MagicCookieValue"}},
		{"debug in an argument of the plugin's own", "probe", "", []string{"This binary is a plugin."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd := command(test.role, "serve", "--", "-debug")
			cmd.Env = append(cmd.Env, test.env)
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if cmd.ProcessState.ExitCode() != 1 || stdout.Len() > 0 {
				t.Errorf("%v, want exit code 1; stdout: %q", err, stdout.String())
			}
			if !containsAll(stderr.String(), test.want) {
				t.Errorf("stderr is\n%swant %q", stderr.String(), test.want)
			}
		})
	}
}
