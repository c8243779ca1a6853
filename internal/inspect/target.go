// Package inspect starts the plugins of any go-plugin application, says what they are and serve, and calls their methods.
// It knows nothing of their .proto files: a gRPC server of go-plugin always answers reflection.
package inspect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/jhump/protoreflect/v2/grpcreflect"
	"google.golang.org/grpc"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// newestOffered is the last of the protocol versions that a plugin is offered by default, from 0 on. A plugin takes the
// newest that it knows.
const newestOffered = 99

// A Target is a plugin to start.
type Target struct {
	Path         string // the executable; without a directory, it is looked up in PATH
	Args         []string
	Cookies      []Cookie      // of which the plugin must know one
	Versions     []int         // protocol versions to offer; by default 0 to 99, and those of the cookies
	AutoMTLS     bool          // connect over TLS, as hosts with AutoMTLS do
	StartTimeout time.Duration // by default a minute
	Logger       hclog.Logger  // gets what the plugin writes
}

// A Plugin is a plugin that runs. After use, call Close.
type Plugin struct {
	*pluginhost.Plugin
	Took time.Duration // from the start of its process to its first answer

	target  Target // with the cookies that it was started with
	conn    *grpc.ClientConn
	reflect *grpcreflect.Client
}

// Start starts a plugin. ctx governs the start, and what is asked by reflection later. The error is a
// *pluginhost.StartError.
func (t Target) Start(ctx context.Context) (*Plugin, error) {
	var err error
	for _, cookies := range rounds(t.Cookies) {
		attempt := t
		attempt.Cookies = cookies
		var p *Plugin
		if p, err = attempt.start(ctx, func(*plugin.ClientConfig) {}); err == nil {
			return p, nil
		}
		if e, ok := errors.AsType[*pluginhost.StartError](err); !ok || e.Reason != pluginhost.WrongCookie {
			break
		}
	}
	return nil, t.explain(err)
}

// start starts a plugin with all cookies at a time.
func (t Target) start(ctx context.Context, change func(*plugin.ClientConfig)) (*Plugin, error) {
	config, command := t.config(), exec.Command(t.Path, t.Args...)
	for _, cookie := range t.Cookies {
		command.Env = append(command.Env, cookie.Key+"="+cookie.Value)
	}
	change(config)
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
		p.reflect = grpcreflect.NewClientAuto(ctx, client.Conn)
	}
	return p, nil
}

// Close ends the plugin, as pluginhost's Close does.
func (p *Plugin) Close(ctx context.Context) error {
	if p.reflect != nil {
		p.reflect.Reset() // a server that ends gracefully waits for its streams
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

// explain says what to do here, where pluginhost speaks to those who write hosts.
func (t Target) explain(err error) error {
	e, ok := errors.AsType[*pluginhost.StartError](err)
	if !ok {
		return err
	}
	switch e.Reason {
	case pluginhost.WrongCookie:
		if keys := t.cookieKeys(); len(keys) > 1 {
			e.Problem = fmt.Sprintf("it knows none of the %d magic cookies that were tried: %s", len(keys), strings.Join(keys, ", "))
		}
		e.Remedy = "give MagicCookieKey and MagicCookieValue of its HandshakeConfig: --cookie KEY=VALUE"
	case pluginhost.VersionMismatch:
		if len(t.Versions) == 0 {
			e.Problem, _, _ = strings.Cut(e.Problem, ", and this host ")
			e.Problem += fmt.Sprintf(", and was offered 0 to %d", newestOffered)
		}
		e.Remedy = "offer the version that it speaks: --protocol-version N"
	case pluginhost.ProtocolMismatch, pluginhost.Unreachable:
		first := "if it serves TLS alone, connect as a host with AutoMTLS does: --tls\n"
		if t.AutoMTLS {
			first = "connect without TLS: leave out --tls\n"
		}
		e.Remedy = first + e.Remedy
	case pluginhost.Timeout:
		e.Remedy = "look what it waits for\ngive it more time: --start-timeout"
	}
	return e
}

// cookieKeys returns the keys of all cookies, sorted.
func (t Target) cookieKeys() []string {
	keys := make(map[string]bool)
	for _, cookie := range t.Cookies {
		keys[cookie.Key] = true
	}
	return slices.Sorted(maps.Keys(keys))
}
