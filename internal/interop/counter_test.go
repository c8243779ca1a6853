package interop

import (
	"path/filepath"
	"testing"
)

// counterModule returns a user's module with the glue of the kv.proto of go-plugin's example of callbacks.
func counterModule(t *testing.T) userModule {
	t.Helper()
	m := newUserModule(t)
	generateOne(t, m, filepath.Join(download(t, goPlugin), "examples", "bidirectional", "proto"), "kv.proto", "counter",
		"proto goplugin:handshake cookie_key=BASIC_PLUGIN cookie_value=hello",
		"proto.PutRequest.add_server goplugin:callback AddHelper",
		"proto.AddHelper goplugin:host")
	return m
}

func TestGeneratedHostIsCalledBack(t *testing.T) {
	m := counterModule(t)
	host, plugin := m.build(t, userPath+"/cmd/counterhost"), m.build(t, goPlugin+"/examples/bidirectional/plugin-go-grpc")
	for name, env := range map[string][]string{"plain": nil, "AutoMTLS": {"MTLS=1"}} {
		t.Run(name, func(t *testing.T) {
			got := command{dir: t.TempDir(), env: env, args: []string{host, plugin}}.run(t).stdout
			if want := "asked for 0 + 2\nasked for 2 + 3\n5\n"; got != want {
				t.Errorf("the host printed %q, expected %q", got, want)
			}
		})
	}
}

func TestGeneratedPluginCallsBack(t *testing.T) {
	m := counterModule(t)
	plugin, host := m.build(t, userPath+"/cmd/counterplugin"), m.build(t, goPlugin+"/examples/bidirectional")
	dir := t.TempDir()
	call := func(args ...string) string {
		return command{dir: dir, env: []string{"COUNTER_PLUGIN=" + plugin}, args: append([]string{host}, args...)}.run(t).stdout
	}
	call("put", "sum", "2")
	call("put", "sum", "3")
	if got := call("get", "sum"); got != "5\n" {
		t.Errorf("get: the host printed %q, expected \"5\\n\"", got)
	}
}
