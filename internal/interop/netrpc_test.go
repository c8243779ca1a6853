package interop

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// greeterModule returns a user's module with the glue of the service of go-plugin's basic example.
func greeterModule(t *testing.T, transport string) userModule {
	t.Helper()
	m := newUserModule(t)
	generateOver(t, m, transport, filepath.Join("testdata", "proto"), "greeter.proto", "greeter")
	return m
}

// A greeterPlugin is a program to start as a plugin.
type greeterPlugin struct {
	path string
	env  []string
}

// generatedGreeter returns a plugin on generated glue.
func generatedGreeter(t *testing.T, transport string, env ...string) greeterPlugin {
	t.Helper()
	return greeterPlugin{greeterModule(t, transport).build(t, userPath+"/cmd/greeterplugin"), env}
}

// A host takes the plugins that speak what it speaks, whoever wrote their adapters, and refuses the others.
func TestGeneratedHostDrivesPluginsOfItsTransports(t *testing.T) {
	both := generatedGreeter(t, "both")
	plugins := map[string]greeterPlugin{
		"hand-written":     {newUserModule(t).build(t, goPlugin+"/examples/basic/plugin"), nil},
		"netrpc":           generatedGreeter(t, "netrpc"),
		"grpc":             generatedGreeter(t, "grpc"),
		"both over netrpc": {both.path, []string{"NETRPC=1"}},
		"both over grpc":   both,
	}
	for transport, want := range map[string]map[string]string{
		"netrpc": {"hand-written": "netrpc", "netrpc": "netrpc", "grpc": "", "both over netrpc": "netrpc", "both over grpc": ""},
		"grpc":   {"hand-written": "", "netrpc": "", "grpc": "grpc", "both over netrpc": "", "both over grpc": "grpc"},
		"both":   {"hand-written": "netrpc", "netrpc": "netrpc", "grpc": "grpc", "both over netrpc": "netrpc", "both over grpc": "grpc"},
	} {
		host := greeterModule(t, transport).build(t, userPath+"/cmd/greeterhost")
		for name, protocol := range want {
			t.Run(transport+" with "+name, func(t *testing.T) { checkGreeting(t, host, plugins[name], protocol) })
		}
	}
}

// checkGreeting lets a plugin greet a host over the protocol that they have in common, if there is one.
func checkGreeting(t *testing.T, host string, plugin greeterPlugin, protocol string) {
	for tls, args := range map[string][]string{"false": {host, plugin.path}, "true": {host, "-mtls", plugin.path}} {
		out, err := command{env: plugin.env, args: args}.attempt(t)
		if want := protocol + ", tls: " + tls + ": Hello!\n"; protocol != "" && (err != nil || out.stdout != want) {
			t.Errorf("the host printed %q, %v, expected %q\nstderr:\n%s", out.stdout, err, want, out.stderr)
		}
		if want := "unsupported plugin protocol"; protocol == "" && (err == nil || !strings.Contains(out.stderr, want)) {
			t.Errorf("the host printed %q and %q, %v, expected an error with %q", out.stdout, out.stderr, err, want)
		}
	}
}

func TestHandWrittenHostDrivesGeneratedNetRPCPlugin(t *testing.T) {
	host := newUserModule(t).build(t, goPlugin+"/examples/basic")
	for name, plugin := range map[string]greeterPlugin{
		"netrpc":           generatedGreeter(t, "netrpc"),
		"both over netrpc": generatedGreeter(t, "both", "NETRPC=1"),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir() // the host starts ./plugin/greeter
			link(t, plugin.path, filepath.Join(dir, "plugin", "greeter"))
			out := command{dir: dir, env: plugin.env, args: []string{host}}.run(t)
			if !strings.Contains(out.stdout, "\nHello!\n") {
				t.Errorf("the host printed no greeting but\n%s", out.stdout)
			}
		})
	}
}

// link makes a program known by another path.
func link(t *testing.T, program, as string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(as), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(program, as); err != nil {
		t.Fatal(err)
	}
}

// netRPCModule returns a user's module with the glue of go-plugin's kv.proto over net/rpc.
func netRPCModule(t *testing.T, transport string) userModule {
	t.Helper()
	m := newUserModule(t)
	generateOver(t, m, transport, filepath.Join(download(t, goPlugin), "examples", "grpc", "proto"), "kv.proto", "kv",
		"proto goplugin:handshake cookie_key=BASIC_PLUGIN cookie_value=hello protocol_version=1")
	return m
}

// greetingDir returns a directory in which the key-value plugins find a greeting.
func greetingDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kv_greeting"), []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// go-plugin's example gets as the glue does, but sends a map to put, where the glue sends a struct. That is an error,
// after which the connection still serves.
func TestGeneratedHostGetsFromHandWrittenNetRPCPlugin(t *testing.T) {
	plugin := newUserModule(t).build(t, goPlugin+"/examples/grpc/plugin-go-netrpc")
	for _, transport := range []string{"netrpc", "both"} {
		t.Run(transport, func(t *testing.T) {
			host := netRPCModule(t, transport).build(t, userPath+"/cmd/getterhost")
			got := command{dir: greetingDir(t), args: []string{host, plugin}}.run(t).stdout
			got = regexp.MustCompile(`put: gob: .+`).ReplaceAllString(got, "put: gob: …")
			want := `get greeting: "hello", <nil>
get missing: "", open kv_missing: no such file or directory
put: gob: …
get greeting: "hello", <nil>
`
			if got != want {
				t.Errorf("the host printed\n%s\nexpected\n%s", got, want)
			}
		})
	}
}

func TestHandWrittenHostGetsFromGeneratedNetRPCPlugin(t *testing.T) {
	plugin, host := netRPCModule(t, "netrpc").build(t, userPath+"/cmd/kvplugin"), newUserModule(t).build(t, goPlugin+"/examples/grpc")
	dir := greetingDir(t)
	call := func(args ...string) command {
		return command{dir: dir, env: []string{"KV_PLUGIN=" + plugin, "KV_PROTO=netrpc"}, args: append([]string{host}, args...)}
	}
	if got := call("get", "greeting").run(t).stdout; got != "hello\n" {
		t.Errorf("get: the host printed %q, expected \"hello\\n\"", got)
	}
	for want, args := range map[string][]string{
		"error: open kv_missing: no such file or directory": {"get", "missing"},
		"error: gob: type mismatch":                         {"put", "greeting", "bye"},
	} {
		if out, err := call(args...).attempt(t); err == nil || !strings.HasPrefix(out.stdout, want) {
			t.Errorf("%v: the host printed %q, %v; expected a failure with %q", args, out.stdout, err, want)
		}
	}
}

// In go-plugin's example of negotiation, version 2 is over net/rpc and version 3 over gRPC.
func TestGeneratedHostNegotiatesWithHandWrittenPlugin(t *testing.T) {
	host, plugin := netRPCModule(t, "both").build(t, userPath+"/cmd/versionhost"), newUserModule(t).build(t, goPlugin+"/examples/negotiated/plugin-go")
	for _, tt := range []struct {
		versions []string
		want     string
	}{
		{[]string{"2"}, "version 2, netrpc: \"helloRead by plugin version 2\\n\", <nil>\n"},
		{[]string{"3"}, "version 3, grpc: \"helloRead by plugin version 3\\n\", <nil>\n"},
		{[]string{"2", "3"}, "version 3, grpc: \"helloRead by plugin version 3\\n\", <nil>\n"},
		{[]string{"1", "2", "4"}, "version 2, netrpc: \"helloRead by plugin version 2\\n\", <nil>\n"},
	} {
		t.Run(strings.Join(tt.versions, "+"), func(t *testing.T) {
			out := command{dir: greetingDir(t), args: append([]string{host, plugin}, tt.versions...)}.run(t)
			if out.stdout != tt.want {
				t.Errorf("the host printed %q, expected %q", out.stdout, tt.want)
			}
		})
	}
	t.Run("none in common", func(t *testing.T) {
		out, err := command{args: []string{host, plugin, "4", "5"}}.attempt(t)
		if want := "incompatible API version"; err == nil || !strings.Contains(out.stderr, want) {
			t.Errorf("the host printed %q and %q, %v; expected a failure with %q", out.stdout, out.stderr, err, want)
		}
	})
}

func TestHandWrittenHostNegotiatesWithGeneratedPlugin(t *testing.T) {
	plugin, host := netRPCModule(t, "both").build(t, userPath+"/cmd/versionplugin"), newUserModule(t).build(t, goPlugin+"/examples/negotiated")
	for protocol, want := range map[string]string{"netrpc": "hello read by version 2\n", "grpc": "hello read by version 3\n"} {
		t.Run(protocol, func(t *testing.T) {
			dir := greetingDir(t) // the host starts ./kv-plugin
			link(t, plugin, filepath.Join(dir, "kv-plugin"))
			out := command{dir: dir, env: []string{"KV_PROTO=" + protocol}, args: []string{host, "get", "greeting"}}.run(t)
			if out.stdout != want {
				t.Errorf("the host printed %q, expected %q", out.stdout, want)
			}
		})
	}
}
