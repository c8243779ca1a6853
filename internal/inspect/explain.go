package inspect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// explain says what to do here, where pluginhost speaks to those who write hosts.
func (t Target) explain(err error) error {
	e, ok := errors.AsType[*pluginhost.StartError](err)
	if !ok {
		return err
	}
	build := buildOf(t.Path)
	switch e.Reason {
	case pluginhost.WrongCookie:
		t.explainCookie(e, build)
	case pluginhost.VersionMismatch:
		if len(t.Versions) == 0 {
			e.Problem, _, _ = strings.Cut(e.Problem, ", and this host ")
			e.Problem += fmt.Sprintf(", and was offered 0 to %d", newestOffered)
		}
		e.Remedy = "offer the version that it speaks: --protocol-version N"
	case pluginhost.ProtocolMismatch, pluginhost.Unreachable:
		switch {
		case t.AutoMTLS:
			e.Remedy = "connect without TLS: leave out --tls\n" + e.Remedy
		case wantsTLS(e):
			e.Remedy = "look whether its server uses the certificate that its handshake names, and takes that of its host"
		}
	case pluginhost.Timeout:
		e.Problem, _, _ = strings.Cut(e.Problem, ", the StartTimeout")
		e.Remedy = "look what it waits for\ngive it more time: --start-timeout"
	case pluginhost.Exited:
		e.Remedy = "look at its output: it may want arguments, which are given behind \"--\", or variables of the environment, or its host's magic cookie: --cookie KEY=VALUE"
	}
	explainProgram(e, build)
	return e
}

// explainCookie says where to look for the cookie.
func (t Target) explainCookie(e *pluginhost.StartError, build *Build) {
	if len(t.Cookies) > 1 {
		e.Problem = "it knows none of the magic cookies that were tried: " + t.triedCookies()
	}
	e.Remedy = "give MagicCookieKey and MagicCookieValue of its HandshakeConfig: --cookie KEY=VALUE\n" +
		"name a directory of the Go module that has its HandshakeConfig, its SDK or its host: --project DIR"
	if build != nil && build.Module != "" {
		e.Remedy += "\nlook for them in " + build.Module + ", which it was built from, and in what that requires"
	}
}

// explainProgram says that a program without a handshake of go-plugin may be no plugin of it at all.
func explainProgram(e *pluginhost.StartError, build *Build) {
	switch e.Reason {
	case pluginhost.Exited, pluginhost.Timeout, pluginhost.BadHandshake, pluginhost.ProtocolMismatch:
	default:
		return
	}
	if build.withoutGoPlugin() {
		e.Problem += fmt.Sprintf("; it was built from %s, without go-plugin", build.Module)
		e.Remedy = "look for a plugin of go-plugin: this program is none, unless it has the protocol from elsewhere"
	} else if e.Reason != pluginhost.ProtocolMismatch {
		e.Remedy = "look whether it is a plugin of go-plugin, which prints its handshake and serves until its host ends it\n" + e.Remedy
	}
}

// triedCookies names the cookies: by their keys, those of well-known applications by the application.
func (t Target) triedCookies() string {
	var keys, applications []string
	for _, cookie := range t.Cookies {
		if cookie.Application != "" {
			applications = append(applications, cookie.Application)
		} else {
			keys = append(keys, cookie.Key)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(applications) > 0 {
		slices.Sort(applications)
		keys = append(keys, "those of "+strings.Join(slices.Compact(applications), ", "))
	}
	return strings.Join(keys, ", ")
}
