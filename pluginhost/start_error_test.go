//go:build linux

package pluginhost

import (
	"context"
	"crypto/sha256"
	"debug/elf"
	"errors"
	"flag"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

var update = flag.Bool("update", false, "write the golden files of testdata")

// write writes a file into the test's own directory and returns a command of it.
func write(t *testing.T, content string, mode fs.FileMode) *exec.Cmd {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return exec.Command(path)
}

// foreignELF returns the start of an executable for another processor than this one.
func foreignELF() string {
	machine := byte(elf.EM_AARCH64)
	if runtime.GOARCH == "arm64" {
		machine = byte(elf.EM_X86_64)
	}
	header := make([]byte, 64)
	copy(header, "\x7fELF\x02\x01\x01")
	header[16], header[18], header[20], header[52] = byte(elf.ET_EXEC), machine, 1, 64
	return string(header)
}

// A refused is a plugin that does not start.
type refused struct {
	name    string
	command func(s *stage) *exec.Cmd
	config  func(s *stage, c *plugin.ClientConfig) // can be nil
	want    Reason
	is      error // that errors.Is must find; can be nil
}

// behaves is for a plugin that starts and misbehaves.
func behaves(behaviour string) func(s *stage) *exec.Cmd {
	return func(s *stage) *exec.Cmd { return s.command(behaviour) }
}

func file(content string, mode fs.FileMode) func(s *stage) *exec.Cmd {
	return func(s *stage) *exec.Cmd { return write(s.t, content, mode) }
}

var refusals = []refused{
	{name: "no file", command: func(s *stage) *exec.Cmd { return exec.Command("/nowhere/plugin") }, want: NotFound, is: fs.ErrNotExist},
	{name: "not in PATH", command: func(s *stage) *exec.Cmd { return exec.Command("no-such-plugin") }, want: NotFound, is: exec.ErrNotFound},
	{name: "directory", command: func(s *stage) *exec.Cmd { return exec.Command(s.t.TempDir()) }, want: NotExecutable, is: fs.ErrPermission},
	{name: "no permission", command: file("#!/bin/sh\n", 0o644), want: NotExecutable, is: fs.ErrPermission},
	{name: "script without a first line", command: file("echo 1|1|unix|/x|grpc\n", 0o755), want: NotExecutable},
	{name: "empty file", command: file("", 0o755), want: NotExecutable},
	{name: "cut off", command: file("\x7fELF\x02\x01\x01\x00\x01", 0o755), want: NotExecutable},
	{name: "script of a missing interpreter", command: file("#!/usr/bin/no-such-interpreter\n", 0o755), want: MissingInterpreter, is: fs.ErrNotExist},
	{name: "script with carriage returns", command: file("#!/bin/sh\r\necho\r\n", 0o755), want: MissingInterpreter},
	{name: "another processor", command: file(foreignELF(), 0o755), want: WrongArchitecture},
	{name: "working directory", want: BadConfig, command: func(s *stage) *exec.Cmd {
		cmd := s.command("serve")
		cmd.Dir = "/nowhere"
		return cmd
	}},
	{name: "no cookie", command: behaves("serve"), want: BadConfig, config: func(_ *stage, c *plugin.ClientConfig) { c.MagicCookieKey = "" }},
	{name: "changed file", command: behaves("serve"), want: ChecksumMismatch, is: plugin.ErrChecksumsDoNotMatch, config: func(_ *stage, c *plugin.ClientConfig) {
		c.SecureConfig = &plugin.SecureConfig{Checksum: make([]byte, 32), Hash: sha256.New()}
	}},
	{name: "deep directory", command: behaves("serve"), want: SocketPathTooLong, config: func(s *stage, c *plugin.ClientConfig) {
		c.UnixSocketConfig.TempDir = filepath.Join(s.t.TempDir(), strings.Repeat("d", 90))
		if err := os.Mkdir(c.UnixSocketConfig.TempDir, 0o700); err != nil {
			s.t.Fatal(err)
		}
	}},
	{name: "socket too long for the plugin", command: behaves("bind"), want: SocketPathTooLong},
	{name: "no directory", command: behaves("serve"), want: NoDirectory, is: fs.ErrNotExist, config: func(_ *stage, c *plugin.ClientConfig) {
		c.UnixSocketConfig.TempDir = "/nowhere"
	}},
	{name: "exit", command: behaves("exit 3"), want: Exited},
	{name: "exit without a word", command: behaves("exit 0"), want: Exited},
	{name: "killed", command: behaves("killed"), want: Exited},
	{name: "panic", command: behaves("panic"), want: Exited},
	{name: "exit after the handshake", command: behaves("brief"), want: Exited},
	{name: "another application", command: behaves("other application"), want: WrongCookie},
	{name: "hang", command: behaves("hang"), want: Timeout, is: context.DeadlineExceeded, config: soon},
	{name: "hang after the handshake", command: behaves("deaf"), want: Timeout, is: context.DeadlineExceeded, config: soon},
	{name: "closed stdout", command: behaves("silent"), want: BadHandshake},
	{name: "no number", command: behaves("no number"), want: BadHandshake},
	{name: "newer plugin", command: behaves("serve version 3"), want: VersionMismatch},
	{name: "older plugin", command: behaves("serve version 3"), want: VersionMismatch, config: versions(4, 5)},
	{name: "between", command: behaves("serve version 3"), want: VersionMismatch, config: versions(2, 4)},
	{name: "net rpc", command: behaves("serve netrpc"), want: ProtocolMismatch},
	{name: "core protocol", command: behaves("core 2"), want: ProtocolMismatch},
	{name: "TLS", command: behaves("cert"), want: ProtocolMismatch},
	{name: "no TLS", command: behaves("old"), want: ProtocolMismatch, config: func(_ *stage, c *plugin.ClientConfig) { c.AutoMTLS = true }},
	{name: "bad certificate", command: behaves("cert"), want: BadHandshake, config: func(_ *stage, c *plugin.ClientConfig) { c.AutoMTLS = true }},
	{name: "multiplex", command: behaves("old"), want: ProtocolMismatch, is: plugin.ErrGRPCBrokerMuxNotSupported, config: func(_ *stage, c *plugin.ClientConfig) {
		c.GRPCBrokerMultiplex = true
	}},
	{name: "nobody at the address", command: behaves("nowhere"), want: Unreachable},
}

// soon is long enough for the plugin to start and to write what it writes.
func soon(_ *stage, c *plugin.ClientConfig) { c.StartTimeout = 5 * time.Second }

func versions(numbers ...int) func(*stage, *plugin.ClientConfig) {
	return func(_ *stage, c *plugin.ClientConfig) {
		c.Plugins, c.VersionedPlugins = nil, map[int]plugin.PluginSet{}
		for _, number := range numbers {
			c.VersionedPlugins[number] = pb.PluginSet{}.Plugins()
		}
	}
}

// TestStartError holds for every reason what the error says and that nothing is left.
func TestStartError(t *testing.T) {
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			config := s.config()
			if tt.config != nil {
				tt.config(s, config)
			}
			p, err := Start(t.Context(), config, tt.command(s))
			if err == nil {
				t.Fatal("it started:", p.Close(t.Context()))
			}
			e, ok := errors.AsType[*StartError](err)
			if !ok || e.Reason != tt.want {
				t.Fatalf("got the reason %q, want %q: %v", e.Reason, tt.want, err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("errors.Is does not find %q in %v", tt.is, err)
			}
			golden(t, tt.name, s.shown(err.Error()))
		})
	}
}

// TestReasonsHaveTexts holds that the table has every reason that can be provoked everywhere.
func TestReasonsHaveTexts(t *testing.T) {
	seen := map[Reason]bool{
		Canceled:   true, // TestCancel
		NotStarted: true, // TestRunnerFunc
	}
	for _, tt := range refusals {
		seen[tt.want] = true
	}
	source, err := os.ReadFile("reason.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`(?m)^\t\w+ +Reason = "([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		if !seen[Reason(match[1])] {
			t.Errorf("no test has the reason %q", match[1])
		}
	}
}

// varying is what differs between machines and runs, and what stands for it: temporary files, systems, stacks.
var varying = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`/[^ ,:"\n]*/Test[^ ,:"\n]*?/\d+`), "/tmp/test"},
	{regexp.MustCompile(dirPrefix + `\d+`), dirPrefix + "1"},
	{regexp.MustCompile(`(linux|darwin)/(amd64|arm64)`), "OS/ARCH"},
	{regexp.MustCompile(`for (amd64|arm64) \(ELF\)`), "for OTHER (ELF)"},
	{regexp.MustCompile(`(/[^ ]*/)?[a-z_]+\.(go|s):\d+.*`), "FILE:LINE"},
	{regexp.MustCompile(`\(0x[^)]*\)`), "(…)"},
	{regexp.MustCompile(`func\d+`), "func"},
	{regexp.MustCompile(`path of \d+ bytes`), "path of N bytes"},
}

// golden compares a text with that of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	for _, v := range varying {
		got = v.pattern.ReplaceAllString(got, v.instead)
	}
	got += "\n"
	path := filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the text differs (-want +got); run with -update if that is right:\n%s", diff)
	}
}

// TestSocketOfRefused holds that the socket of a plugin is removed with it wherever it is; that of a server that listens
// stays, also if a plugin names it.
func TestSocketOfRefused(t *testing.T) {
	s := newStage(t)
	if _, err := Start(t.Context(), s.config(), s.command("old socket of a version")); reasonOf(err) != VersionMismatch {
		t.Errorf("got %v, want %v", err, VersionMismatch)
	}
	if left, err := filepath.Glob(filepath.Join(s.dir, "*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
	listener, err := net.Listen("unix", filepath.Join(s.dir, "other"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, err = Start(t.Context(), s.config(), s.command("old socket of another"))
	e, _ := errors.AsType[*StartError](err)
	if e == nil || e.Reason != VersionMismatch || e.Handshake != "1|7|unix|"+listener.Addr().String()+"|grpc" {
		t.Errorf("got %v, want %v and the handshake", err, VersionMismatch)
	}
	if _, err := os.Stat(listener.Addr().String()); err != nil {
		t.Errorf("the socket of another server is gone: %v", err)
	}
}

func reasonOf(err error) Reason {
	if e, ok := errors.AsType[*StartError](err); ok {
		return e.Reason
	}
	return ""
}

// What a SecureConfig is compared with is the file that would run.
func TestSecureConfigNeedsTheFile(t *testing.T) {
	secure := &plugin.SecureConfig{Checksum: make([]byte, 32), Hash: sha256.New()}
	config := quietConfig()
	config.SecureConfig = secure
	config.RunnerFunc = func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) { panic("not to be called") }
	_, err := Start(t.Context(), config, nil)
	if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != BadConfig || !strings.Contains(e.Error(), "RunnerFunc") {
		t.Errorf("a RunnerFunc: got %v, want %v", err, BadConfig)
	}

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plugin"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	config = quietConfig()
	config.SecureConfig = secure
	relative := exec.Command("./plugin")
	relative.Dir = dir
	_, err = Start(t.Context(), config, relative)
	if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != ChecksumMismatch {
		t.Errorf("a path below the working directory of the command: got %v, want %v", err, ChecksumMismatch)
	}
}
