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
		h.AutoMTLS = p.try(ctx, autoMTLS)
		return
	}
	multiplex := func(c *plugin.ClientConfig) { c.GRPCBrokerMultiplex = true }
	both := p.try(ctx, func(c *plugin.ClientConfig) {
		autoMTLS(c)
		multiplex(c)
	})
	h.AutoMTLS, h.Multiplexing = both, &both
	if both.Supported {
		return
	}
	h.AutoMTLS = p.try(ctx, autoMTLS)
	alone := p.try(ctx, multiplex)
	h.Multiplexing = &alone
}

// try starts the plugin with another configuration, and ends it.
func (p *Plugin) try(ctx context.Context, change func(*plugin.ClientConfig)) Feature {
	quiet := p.target
	quiet.Logger = hclog.NewNullLogger() // it has logged its start before
	other, err := quiet.start(ctx, change)
	if err != nil {
		return Feature{Problem: problemOf(err)}
	}
	_ = other.Close(context.WithoutCancel(ctx)) // it is killed if it does not end: nothing is left
	return Feature{Supported: true}
}

// problemOf returns the problem of a start, in one line.
func problemOf(err error) string {
	if e, ok := errors.AsType[*pluginhost.StartError](err); ok {
		return e.Problem
	}
	return err.Error()
}
