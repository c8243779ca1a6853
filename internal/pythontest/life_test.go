package pythontest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv1"
	"github.com/goplugin-dev/goplugin/example/negotiated/weatherv2"
)

// hosting, in the environment of this test's own program, makes it a host of the plugin with that command, which says
// that it has started it and waits to be killed.
const hosting = "PYTHONTEST_HOST"

func TestMain(m *testing.M) {
	if command := os.Getenv(hosting); command != "" {
		runHost(strings.Split(command, "\n"))
	}
	os.Exit(m.Run())
}

func runHost(command []string) {
	config := weatherv2.ClientConfig()
	config.Cmd = exec.Command(command[0], command[1:]...)
	config.Cmd.ExtraFiles = []*os.File{os.NewFile(3, "lifeline")}
	client := plugin.NewClient(config)
	if _, err := client.Start(); err != nil {
		panic(err)
	}
	os.Stdout.WriteString("started\n")
	select {}
}

// With AutoMTLS, whoever is not the host is turned away.
func TestAutoMTLSRefusesOthers(t *testing.T) {
	h := start(t, func(config *plugin.ClientConfig) { config.AutoMTLS = true })
	conn, err := net.Dial("unix", h.client.ReattachConfig().Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	stranger := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	// In TLS 1.3 the handshake itself ends before the plugin has looked. A plugin that takes the connection sends settings.
	if _, err := stranger.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want the end of the connection", err)
	}
}

// Nothing that is printed disturbs the handshake, and all of it reaches the host.
func TestStdio(t *testing.T) {
	h := start(t, nil)
	if _, err := h.kv(t).Get(t.Context(), "print"); err == nil {
		t.Error("want an error: there is no such key")
	}
	for what, in := range map[string]struct {
		buffer *lockedBuffer
		want   string
	}{
		"what a module prints while it loads": {h.stdout, "printed while loading\n"},
		"standard output":                     {h.stdout, "printed by a call\n"},
		"that of a child process":             {h.stdout, "printed by a child\n"},
		"standard error":                      {h.stderr, "error output of a call\n"},
		"the log":                             {h.log, `"@message":"logged by a call"`},
		"the level of the log":                {h.log, `"@level":"warn"`},
		"the fields of the log":               {h.log, `"key":"print"`},
		"the logger's name":                   {h.log, `"@module":"kv"`},
	} {
		eventually(t, what+" has arrived", func() bool { return strings.Contains(in.buffer.String(), in.want) })
	}
}

// The newest version that both know is spoken.
func TestVersions(t *testing.T) {
	v1, v2 := weatherv1.PluginSet{}.Plugins(), weatherv2.PluginSet{}.Plugins()
	for what, test := range map[string]struct {
		versions map[int]plugin.PluginSet
		want     int
	}{
		"a host of both":      {map[int]plugin.PluginSet{1: v1, 2: v2}, 2},
		"a host of the first": {map[int]plugin.PluginSet{1: v1}, 1},
		"a newer host":        {map[int]plugin.PluginSet{1: v1, 3: v2}, 1},
	} {
		t.Run(what, func(t *testing.T) {
			h := start(t, func(config *plugin.ClientConfig) { weather(config, test.versions) })
			if got := h.client.NegotiatedVersion(); got != test.want {
				t.Fatalf("got version %d, want %d", got, test.want)
			}
			if test.want == 2 {
				celsius, humidity, err := dispensed[weatherv2.Station](t)(weatherv2.DispenseStation(h.client)).Measure(t.Context())
				if err != nil || celsius != 10 || humidity == nil || *humidity != 0.5 {
					t.Errorf("got %v, %v, %v", celsius, humidity, err)
				}
				return
			}
			fahrenheit, err := dispensed[weatherv1.Station](t)(weatherv1.DispenseStation(h.client)).Measure(t.Context())
			if err != nil || fahrenheit != 50 {
				t.Errorf("got %v, %v", fahrenheit, err)
			}
		})
	}
}

// weather makes a host one of the weather API.
func weather(config *plugin.ClientConfig, versions map[int]plugin.PluginSet) {
	config.HandshakeConfig, config.Plugins, config.VersionedPlugins = weatherv2.Handshake, nil, versions
}

func TestNoCommonVersion(t *testing.T) {
	config := weatherv2.ClientConfig()
	weather(config, map[int]plugin.PluginSet{7: weatherv2.PluginSet{}.Plugins()})
	config.Cmd = fullProject(t).plugin(t)
	client := plugin.NewClient(config)
	defer client.Kill()
	if _, err := client.Start(); err == nil || !strings.Contains(err.Error(), "incompatible API version") {
		t.Errorf("got %v, want go-plugin's error of versions", err)
	}
}

// Kill asks the plugin to end, which it does: what it registered for its exit runs.
func TestGracefulStop(t *testing.T) {
	h := start(t, nil)
	mark := filepath.Join(t.TempDir(), "mark")
	if err := h.kv(t).Put(t.Context(), "at exit", []byte(mark)); err != nil {
		t.Fatal(err)
	}
	for range 1000 { // output that is still under way
		if _, err := h.kv(t).Get(t.Context(), "pid"); err != nil {
			t.Fatal(err)
		}
	}
	h.client.Kill()
	if text, err := os.ReadFile(mark); err != nil || string(text) != "ended by itself" {
		t.Errorf("got %q, %v: the plugin was killed", text, err)
	}
}

// A person who starts the plugin is told what it is.
func TestRunByHand(t *testing.T) {
	cmd := fullProject(t).plugin(t)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("got %v, want exit status 1", err)
	}
	for _, want := range []string{"full_python is a plugin, which a host starts", "kv.v1.KVService (protocol version 1)", "weather.v2.StationService (protocol version 2)"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("standard error lacks %q:\n%s", want, &stderr)
		}
	}
	if strings.Contains(stdout.String(), "|") {
		t.Errorf("standard output holds a handshake:\n%s", &stdout)
	}
}

// A plugin ends when its host is killed, which cannot ask it to. It holds the other end of a pipe while it lives.
func TestHostKilled(t *testing.T) {
	cmd := fullProject(t).plugin(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	alive, lifeline, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	h := exec.Command(self)
	h.Env = append(cmd.Env, hosting+"="+strings.Join(cmd.Args, "\n"))
	h.ExtraFiles = []*os.File{lifeline}
	output, err := h.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.Start(), lifeline.Close()); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil || line != "started\n" {
		t.Errorf("got %q, %v", line, err)
	}
	if err := h.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = h.Wait() // it was killed
	if err := alive.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := alive.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("got %v, want the end of the plugin", err)
	}
}
