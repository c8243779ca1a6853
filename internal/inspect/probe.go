package inspect

import (
	"context"
	"crypto/tls"
	"errors"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/credentials"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// tlsVersion returns the version of a connection's TLS, such as "TLS 1.3".
func tlsVersion(info credentials.TLSInfo) string { return tls.VersionName(info.State.Version) }

// probe fills in what a plugin supports. A handshake answers only what the host has asked for, so the plugin is started
// anew: once, if it supports all.
func (p *Plugin) probe(ctx context.Context, h *Handshake) {
	autoMTLS := func(c *plugin.ClientConfig) { c.AutoMTLS = true }
	if p.conn == nil {
		h.AutoMTLS = p.feature(ctx, autoMTLS)
		return
	}
	multiplex := func(c *plugin.ClientConfig) { c.GRPCBrokerMultiplex = true }
	both := p.feature(ctx, func(c *plugin.ClientConfig) {
		autoMTLS(c)
		multiplex(c)
	})
	h.AutoMTLS, h.Multiplexing = both, &both
	if both.Supported {
		return
	}
	h.AutoMTLS = p.feature(ctx, autoMTLS)
	alone := p.feature(ctx, multiplex)
	h.Multiplexing = &alone
}

// feature reports whether the plugin starts with another configuration.
func (p *Plugin) feature(ctx context.Context, change func(*plugin.ClientConfig)) Feature {
	if err := p.try(ctx, p.target.Cookies, change); err != nil {
		return Feature{Problem: problemOf(err)}
	}
	return Feature{Supported: true}
}

// try starts the plugin with other cookies or another configuration, and ends it.
func (p *Plugin) try(ctx context.Context, cookies []Cookie, change func(*plugin.ClientConfig)) error {
	quiet := p.target
	quiet.Cookies = cookies
	quiet.Logger = hclog.NewNullLogger() // it has logged its start before
	other, err := quiet.start(ctx, change)
	if err != nil {
		return err
	}
	_ = other.Close(context.WithoutCancel(ctx)) // it is killed if it does not end: nothing is left
	return nil
}

// problemOf returns the problem of a start, in one line.
func problemOf(err error) string {
	if e, ok := errors.AsType[*pluginhost.StartError](err); ok {
		return e.Problem
	}
	return err.Error()
}
