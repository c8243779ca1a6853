// Package inspect starts the plugins of any go-plugin application, says what they are and serve, and calls their methods.
// It needs none of their .proto files: a gRPC server of go-plugin always answers reflection.
package inspect

import (
	"cmp"
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// newestOffered is the last of the protocol versions that a plugin is offered by default, from 0 on. A plugin takes the
// newest that it knows.
const newestOffered = 99

// defaultTimeout is how long a plugin may take to answer a question.
const defaultTimeout = 10 * time.Second

// A Target is a plugin to start.
type Target struct {
	Path         string // the executable; without a directory, it is looked up in PATH
	Args         []string
	Cookies      []Cookie      // of which the plugin must know one
	Versions     []int         // protocol versions to offer; by default 0 to 99, and those of the cookies
	AutoMTLS     bool          // connect over TLS, as hosts with AutoMTLS do; where it is false, that is tried last
	StartTimeout time.Duration // by default a minute
	Timeout      time.Duration // of each question about health and services; by default 10 s
	Schema       *Schema       // what the plugin serves; nil to ask it
	Logger       hclog.Logger  // gets what the plugin writes
}

// A Plugin is a plugin that runs. After use, call Close.
type Plugin struct {
	*pluginhost.Plugin
	Took time.Duration // from the start of its process to its first answer

	target  Target // as it was started: with those of the cookies that fit together, with TLS
	plain   error  // why it did not start without TLS, if it runs with it
	conn    *grpc.ClientConn
	reflect *reflection
}

// Start starts a plugin. ctx governs the start, and what is asked by reflection later. The error is a
// *pluginhost.StartError.
func (t Target) Start(ctx context.Context) (*Plugin, error) {
	var err error
	for _, cookies := range rounds(t.Cookies) {
		attempt := t
		attempt.Cookies = cookies
		var p *Plugin
		if p, err = attempt.startAnyhow(ctx); err == nil {
			return p, nil
		}
		if reasonOf(err) != pluginhost.WrongCookie {
			break
		}
	}
	return nil, t.explain(err)
}

// startAnyhow starts a plugin without TLS; or with it, if it wants it or does not answer.
func (t Target) startAnyhow(ctx context.Context) (*Plugin, error) {
	p, err := t.start(ctx)
	e, refused := errors.AsType[*pluginhost.StartError](err)
	if !refused || t.AutoMTLS || e.Reason != pluginhost.Unreachable && !wantsTLS(e) {
		return p, err
	}
	t.AutoMTLS = true
	p, overTLS := t.start(ctx)
	if overTLS != nil {
		e.Problem += "; and over TLS: " + problemOf(overTLS)
		return nil, e
	}
	p.plain = err
	return p, nil
}

// wantsTLS reports whether the handshake of a plugin says that it serves over TLS.
func wantsTLS(e *pluginhost.StartError) bool {
	return e.Reason == pluginhost.ProtocolMismatch && strings.HasPrefix(e.Problem, "it wants TLS")
}

// reasonOf returns why a plugin did not start.
func reasonOf(err error) pluginhost.Reason {
	if e, ok := errors.AsType[*pluginhost.StartError](err); ok {
		return e.Reason
	}
	return ""
}

// start starts a plugin with all cookies at a time.
func (t Target) start(ctx context.Context, changes ...func(*plugin.ClientConfig)) (*Plugin, error) {
	config, command := t.config(), exec.Command(t.Path, t.Args...)
	for _, cookie := range t.Cookies {
		command.Env = append(command.Env, cookie.Key+"="+cookie.Value)
		if cookie.Env != "" {
			command.Env = append(command.Env, cookie.Env)
		}
	}
	for _, change := range changes {
		change(config)
	}
	began := time.Now()
	host, err := pluginhost.Start(ctx, config, command)
	if err != nil {
		return nil, err
	}
	p := &Plugin{Plugin: host, Took: time.Since(began), target: t}
	client, err := host.Client()
	if err != nil {
		return nil, errors.Join(err, host.Close(context.WithoutCancel(ctx)))
	}
	if client, ok := client.(*plugin.GRPCClient); ok {
		p.conn = client.Conn
		p.reflect = newReflection(ctx, client.Conn, t.timeout())
	}
	return p, nil
}

// timeout returns how long a question may take.
func (t Target) timeout() time.Duration { return cmp.Or(t.Timeout, defaultTimeout) }

// Close ends the plugin, as pluginhost's Close does.
func (p *Plugin) Close(ctx context.Context) error {
	if p.reflect != nil {
		p.reflect.close()
	}
	return p.Plugin.Close(ctx)
}

// config returns the configuration of a host that takes any plugin.
func (t Target) config() *plugin.ClientConfig {
	config := &plugin.ClientConfig{
		VersionedPlugins: make(map[int]plugin.PluginSet),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC, plugin.ProtocolNetRPC},
		AutoMTLS:         t.AutoMTLS,
		StartTimeout:     t.StartTimeout,
		Logger:           t.Logger,
	}
	if len(t.Cookies) > 0 {
		config.MagicCookieKey, config.MagicCookieValue = t.Cookies[0].Key, t.Cookies[0].Value
	}
	for _, version := range t.offered() {
		config.VersionedPlugins[version] = plugin.PluginSet{}
	}
	return config
}

// offered returns the protocol versions that the plugin can choose from.
func (t Target) offered() []int {
	if len(t.Versions) > 0 {
		return t.Versions
	}
	versions := make([]int, 0, newestOffered+1)
	for version := range newestOffered + 1 {
		versions = append(versions, version)
	}
	for _, cookie := range t.Cookies {
		versions = append(versions, cookie.Version)
	}
	return versions
}
