package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goPlugin = "github.com/hashicorp/go-plugin"

// kvDirectives are what a user writes for the kv.proto of go-plugin's example, which fixes its handshake by hand.
var kvDirectives = []string{
	"proto goplugin:handshake cookie_key=BASIC_PLUGIN cookie_value=hello protocol_version=1",
	"proto.KV goplugin:service plugin=kv_grpc",
}

// kvModule returns a user's module with the glue of go-plugin's kv.proto.
func kvModule(t *testing.T) userModule {
	t.Helper()
	m := newUserModule(t)
	generateOne(t, m, filepath.Join(download(t, goPlugin), "examples", "grpc", "proto"), "kv.proto", "kv", kvDirectives...)
	return m
}

func TestGeneratedHostDrivesHandWrittenPlugin(t *testing.T) {
	m := kvModule(t)
	host, plugin := m.build(t, userPath+"/cmd/kvhost"), m.build(t, goPlugin+"/examples/grpc/plugin-go-grpc")
	for _, tt := range []struct {
		name string
		args []string
		tls  string
	}{
		{"plain", []string{host, plugin}, "false"},
		{"AutoMTLS", []string{host, "-mtls", plugin}, "true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := command{dir: t.TempDir(), args: tt.args}.run(t).stdout
			want := "tls: " + tt.tls + `
greeting: "hello\n\nWritten from plugin-go-grpc"
missing: open kv_missing: no such file or directory
code: Unknown
`
			if got != want {
				t.Errorf("the host printed\n%s\nexpected\n%s", got, want)
			}
		})
	}
}

func TestHandWrittenHostDrivesGeneratedPlugin(t *testing.T) {
	m := kvModule(t)
	plugin, host := m.build(t, userPath+"/cmd/kvplugin"), m.build(t, goPlugin+"/examples/grpc")
	dir := t.TempDir()
	call := func(args ...string) command {
		return command{dir: dir, env: []string{"KV_PLUGIN=" + plugin, "KV_PROTO=grpc"}, args: append([]string{host}, args...)}
	}
	call("put", "greeting", "hello").run(t)
	if stored, err := os.ReadFile(filepath.Join(dir, "kv_greeting")); err != nil || string(stored) != "hello" {
		t.Errorf("put: the plugin stored %q, %v; expected \"hello\"", stored, err)
	}
	if got := call("get", "greeting").run(t).stdout; got != "hello\n" {
		t.Errorf("get: the host printed %q, expected \"hello\\n\"", got)
	}
	out, err := call("get", "missing").attempt(t)
	if want := "desc = open kv_missing: no such file or directory"; err == nil || !strings.Contains(out.stdout, want) {
		t.Errorf("get of a missing key: the host printed %q, %v; expected a failure with %q", out.stdout, err, want)
	}
}
