package inspect

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/credentials"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// tlsVersion returns the version of a connection's TLS, such as "TLS 1.3".
func tlsVersion(info credentials.TLSInfo) string { return tls.VersionName(info.State.Version) }

// probe fills in what a plugin supports and which cookie it knows. A handshake answers only what the host has asked for, so
// the plugin is started anew: twice, if it supports all and there is one cookie, or none matters.
func (p *Plugin) probe(ctx context.Context, r *Report) {
	cookies := p.target.Cookies
	err := p.try(ctx, []Cookie{noCookie}, autoMTLS, multiplex)
	if r.CookieIgnored = shookHands(err); !r.CookieIgnored {
		r.Cookie = p.findCookie(ctx)
		err = p.try(ctx, cookies, autoMTLS, multiplex)
	}
	h := &r.Handshake
	if p.conn != nil {
		h.Multiplexing = new(Feature)
	}
	switch e, _ := errors.AsType[*pluginhost.StartError](err); {
	case err == nil:
		h.AutoMTLS.Supported = true
		if h.Multiplexing != nil {
			h.Multiplexing.Supported = true
		}
	case e != nil && e.Reason == pluginhost.ProtocolMismatch:
		h.offers(e.Handshake)
	default:
		h.AutoMTLS = p.feature(ctx, autoMTLS)
		if h.Multiplexing != nil {
			*h.Multiplexing = p.feature(ctx, multiplex)
		}
	}
}

func autoMTLS(c *plugin.ClientConfig) { c.AutoMTLS = true }

func multiplex(c *plugin.ClientConfig) { c.GRPCBrokerMultiplex = true }

// offers fills in what a handshake offers to a host that asked for all: CORE|VERSION|NETWORK|ADDRESS|PROTOCOL|CERT|MULTIPLEX.
func (h *Handshake) offers(handshake string) {
	fields := append(strings.Split(handshake, "|"), make([]string, 7)...)
	h.AutoMTLS = offer(fields[5] != "", "its handshake names no certificate")
	if h.Multiplexing != nil {
		*h.Multiplexing = offer(fields[6] == "true", "its handshake does not offer it")
	}
}

func offer(supported bool, problem string) Feature {
	if supported {
		return Feature{Supported: true}
	}
	return Feature{Problem: problem}
}

// feature reports whether the plugin starts with another configuration.
func (p *Plugin) feature(ctx context.Context, change func(*plugin.ClientConfig)) Feature {
	if err := p.try(ctx, p.target.Cookies, change); err != nil {
		return Feature{Problem: "with it, " + problemOf(err)}
	}
	return Feature{Supported: true}
}

// noCookie is one that no plugin knows.
var noCookie = Cookie{Key: "GOPLUGIN_INSPECT", Value: "no cookie"}

// findCookie returns which of several cookies the plugin knows, or nil if that cannot be found out. It is started with
// fewer and fewer of them.
func (p *Plugin) findCookie(ctx context.Context) *Cookie {
	cookies := p.target.Cookies
	for len(cookies) > 1 {
		half := cookies[:len(cookies)/2]
		err := p.try(ctx, half)
		switch {
		case shookHands(err):
			cookies = half
		case reasonOf(err) == pluginhost.Timeout || ctx.Err() != nil:
			return nil
		default:
			cookies = cookies[len(half):]
		}
	}
	return &cookies[0]
}

// shookHands reports whether a start came to a handshake, which only hosts get that know the cookie.
func shookHands(err error) bool {
	e, ok := errors.AsType[*pluginhost.StartError](err)
	return err == nil || ok && e.Handshake != ""
}

// try starts the plugin with other cookies or another configuration, and ends it.
func (p *Plugin) try(ctx context.Context, cookies []Cookie, changes ...func(*plugin.ClientConfig)) error {
	quiet := p.target
	quiet.Cookies = cookies
	quiet.Logger = hclog.NewNullLogger() // it has logged its start before
	other, err := quiet.start(ctx, changes...)
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
