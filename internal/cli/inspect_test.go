//go:build unix

package cli

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goplugin-dev/goplugin/internal/inspect"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// run runs goplugin-new, and returns what it prints and its exit code.
func run(ctx context.Context, args ...string) (stdout, stderr string, code int) {
	var out bytes.Buffer
	var errs terminal
	code = Main(ctx, args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	return out.String(), errs.String(), code
}

// A terminal takes what several goroutines print, such as the log of a plugin that ends late.
type terminal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// program writes a plugin that misbehaves.
func program(t *testing.T, contents string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(path, []byte(contents), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func script(t *testing.T, text string) string {
	t.Helper()
	return program(t, "#!/bin/sh\n"+text+"\n", 0o755)
}

// forOtherMachine returns the header of an executable for a processor that nobody tests on.
func forOtherMachine() string {
	header := make([]byte, 64)
	copy(header, "\x7fELF\x02\x02\x01") // 64 bits, big-endian
	binary.BigEndian.PutUint16(header[16:], 2)
	binary.BigEndian.PutUint16(header[18:], 22) // EM_S390
	binary.BigEndian.PutUint32(header[20:], 1)
	return string(header)
}

// TestMisbehaving holds that both commands say why a plugin does not start, in each way that package pluginhost knows
// and a command can meet, and fail.
func TestMisbehaving(t *testing.T) {
	serving := func(handshake string) string { return script(t, "echo '"+handshake+"'; exec sleep 600") }
	for name, tt := range map[string]struct {
		plugin string
		reason pluginhost.Reason
		want   []string
	}{
		"no file":           {filepath.Join(t.TempDir(), "none"), pluginhost.NotFound, []string{"there is no such file", "build or install"}},
		"a directory":       {t.TempDir(), pluginhost.NotExecutable, []string{"it is a directory"}},
		"no permission":     {program(t, "#!/bin/sh\n", 0o644), pluginhost.NotExecutable, []string{"chmod +x"}},
		"no interpreter":    {program(t, "#!/no/such/sh\n", 0o755), pluginhost.MissingInterpreter, []string{`"#!/no/such/sh"`}},
		"another processor": {program(t, forOtherMachine(), 0o755), pluginhost.WrongArchitecture, []string{"s390"}},
		"exit":              {script(t, "echo out of apples >&2; exit 3"), pluginhost.Exited, []string{"code 3", "out of apples"}},
		"a signal":          {script(t, "kill -9 $$"), pluginhost.Exited, []string{"killed"}},
		"another cookie":    {script(t, "echo This binary is a plugin. >&2; exit 1"), pluginhost.WrongCookie, []string{"none of the", "--cookie KEY=VALUE"}},
		"no handshake":      {script(t, "echo ready; exec sleep 600"), pluginhost.Timeout, []string{"within 1s", "--start-timeout", "ready"}},
		"closed stdout":     {script(t, "exec >&-; exec sleep 600"), pluginhost.BadHandshake, []string{"closed its stdout"}},
		"a word as version": {serving("1|one|unix|/s|grpc"), pluginhost.BadHandshake, []string{`"one"`}},
		"another version":   {serving("1|300|unix|/s|grpc"), pluginhost.VersionMismatch, []string{"300", "--protocol-version N"}},
		"another go-plugin": {serving("2|1|unix|/s|grpc"), pluginhost.ProtocolMismatch, []string{"go-plugin's own protocol"}},
		"another protocol":  {serving("1|1|unix|/s|soap"), pluginhost.ProtocolMismatch, []string{`"soap"`}},
		"TLS alone":         {serving("1|1|unix|/s|grpc|" + strings.Repeat("QUJD", 30)), pluginhost.ProtocolMismatch, []string{"it wants TLS", "and over TLS: ", "certificate"}},
		"nothing listens":   {serving("1|1|unix|/no/such/socket|grpc"), pluginhost.Unreachable, []string{"does not answer"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{tt.plugin, "--start-timeout=" + startTimeout(tt.reason)}
			stdout, stderr, code := run(t.Context(), append([]string{"inspect", "--json"}, args...)...)
			var got problem
			if err := json.Unmarshal([]byte(stdout), &got); err != nil || got.Error.Reason != tt.reason || code != exitFailure {
				t.Errorf("the reason is %q, expected %q; exit code %d, %v\n%s", got.Error.Reason, tt.reason, code, err, stdout)
			}
			stdout, called, code := run(t.Context(), append([]string{"call"}, append(args, "any/thing")...)...)
			if stdout != "" || code != exitFailure {
				t.Errorf("call printed %q, with exit code %d", stdout, code)
			}
			for _, want := range tt.want {
				if !strings.Contains(stderr, want) || !strings.Contains(called, want) {
					t.Errorf("expected %q in\n%s\nand in\n%s", want, stderr, called)
				}
			}
		})
	}
}

// startTimeout is long, but for what is to time out.
func startTimeout(reason pluginhost.Reason) string {
	if reason == pluginhost.Timeout {
		return "1s"
	}
	return "2m"
}

// TestNoPlaceForSockets: sockets need a directory with a short path.
func TestNoPlaceForSockets(t *testing.T) {
	plugin, long := script(t, "exit 0"), filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{long: "set TMPDIR", filepath.Join(long, "none"): "no such file or directory"} {
		t.Setenv("TMPDIR", dir)
		if _, stderr, code := run(t.Context(), "inspect", plugin); code != exitFailure || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, and expected %q in\n%s", code, want, stderr)
		}
	}
}

// TestInterrupted holds that Ctrl-C ends the plugin, which ignores it, and leaves nothing.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	plugin := script(t, "trap '' INT TERM; echo $$ >"+dir+"/pid; mv "+dir+"/pid "+dir+"/started; exec sleep 600")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(dir, "started")); err == nil {
				return
			}
		}
	}()
	if _, stderr, code := run(ctx, "inspect", plugin); code != exitFailure || !strings.Contains(stderr, "the start was canceled") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	text, err := os.ReadFile(filepath.Join(dir, "started"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the plugin runs still: %v", err)
	}
}

func TestUsageOfPlugins(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"inspect"}, `expected the path of one plugin, such as "goplugin-new inspect ./plugin", found 0`},
		{[]string{"inspect", "a", "b"}, "found 2"},
		{[]string{"inspect", "--", "a"}, "found 0"},
		{[]string{"inspect", "a", "--cookie", "x", "--protocol-version", "-1"}, "--protocol-version -1: expected 0 or more\n--cookie: magic cookie \"x\": expected KEY=VALUE"},
		{[]string{"call", "a"}, `expected BINARY SERVICE/METHOD and maybe JSON`},
		{[]string{"call", "a", "b/c", "{}", "{}"}, `expected BINARY SERVICE/METHOD and maybe JSON`},
		{[]string{"call", "a", "b/c", "--timeout", "-1s"}, "expected a duration above 0"},
		{[]string{"call", "a", "b/c", "--header", "tenant"}, `--header: header "tenant": expected KEY=VALUE`},
		{[]string{"inspect", "a", "--proto-path", "."}, "--proto-path: expected --proto FILE beside it"},
		{[]string{"call", "a", "b/c", "--timeout", "soon"}, `invalid argument "soon" for "--timeout"`},
	} {
		if _, stderr, code := run(t.Context(), tt.args...); code != exitUsage || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: exit code %d, and expected %q in\n%s", tt.args, code, tt.want, stderr)
		}
	}
}

// TestPrintReport holds the text for people, where a plugin has less than go-plugin's own.
func TestPrintReport(t *testing.T) {
	report := &inspect.Report{
		Path: "./plugin", StartMilliseconds: 12.3,
		Handshake: inspect.Handshake{
			CoreProtocol: 1, AppProtocol: 2, Protocol: "grpc", Network: "tcp",
			AutoMTLS:     inspect.Feature{Problem: "with it, it does not answer\nat all"},
			Multiplexing: &inspect.Feature{Supported: true},
		},
		Health: "UNIMPLEMENTED",
		Services: []inspect.Service{{Name: "a.v1.A", Methods: []inspect.Method{
			{Name: "Chat", Shape: "bidirectional stream", Request: "a.v1.Part", Response: "a.v1.Part", Example: "{}"},
			{Name: "Put", Shape: "client stream", Request: "a.v1.Part", Response: "google.protobuf.Empty", Example: "{}"},
		}}},
		OwnServices: []string{"plugin.GRPCBroker"},
	}
	want := `./plugin started in 12 ms.

core protocol  1
app protocol   2
protocol       grpc
network        tcp
TLS            not supported: with it, it does not answer
multiplexing   supported
health         UNIMPLEMENTED

service a.v1.A
  rpc Chat(stream Part) returns (stream Part)
      {}
  rpc Put(stream Part) returns (google.protobuf.Empty)
      {}

and of gRPC and go-plugin: plugin.GRPCBroker
`
	var got strings.Builder
	printReport(&got, report)
	if got.String() != want {
		t.Errorf("got\n%s\nexpected\n%s", got.String(), want)
	}
}
