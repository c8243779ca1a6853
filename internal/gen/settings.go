package gen

import (
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// serviceSettings are the directives of one service, read.
type serviceSettings struct {
	skip, host   bool
	name, plugin argument // value "" where not given
	style        Style    // "" where not given
	errors       []directive
}

func (ds directives) service(name protoreflect.FullName, ps *problems) serviceSettings {
	var s serviceSettings
	for _, d := range checkDirectives(serviceElement, ds[name], ps) {
		switch d.verb {
		case "skip":
			s.skip = true
		case "host":
			s.host = true
		case "error":
			s.errors = append(s.errors, d)
		case "service":
			s.name, _ = d.get("name")
			s.plugin, _ = d.get("plugin")
			style, _ := d.get("style")
			s.style = Style(style.value)
		}
	}
	return s
}

// methodSettings are the directives of one rpc, read.
type methodSettings struct {
	skip         bool
	name, stream argument // value "" where not given
	style        Style    // "" where not given
}

func (ds directives) method(name protoreflect.FullName, ps *problems) methodSettings {
	var s methodSettings
	for _, d := range checkDirectives(methodElement, ds[name], ps) {
		switch d.verb {
		case "skip":
			s.skip = true
		case "method":
			s.name, _ = d.get("name")
			s.stream, _ = d.get("stream")
			style, _ := d.get("style")
			s.style = Style(style.value)
		}
	}
	return s
}

// bytes reports whether the streams of an rpc are to be an io.Reader and an io.ReadCloser.
func (s methodSettings) bytes() bool { return s.stream.value == "io" }

// callback returns the directive that makes a field a callback, if it has one.
func (ds directives) callback(name protoreflect.FullName, ps *problems) (directive, bool) {
	for _, d := range checkDirectives(fieldElement, ds[name], ps) {
		return d, true
	}
	return directive{}, false
}

// handshake applies the directives of a proto package to its default handshake. Several files of one package may
// carry the directive, if they agree.
func (ds directives) handshake(name protoreflect.FullName, h Handshake, ps *problems) Handshake {
	given := map[string]argument{}
	for _, d := range ds[name] {
		for _, sound := range checkDirectives(packageElement, []directive{d}, ps) {
			for _, a := range sound.args {
				if first, ok := given[a.key]; ok && first.value != a.value {
					ps.addf(a.at, "%s=%s contradicts %s=%s at %s: a package has one handshake", a.key, a.value, first.key, first.value, first.at)
					continue
				}
				given[a.key] = a
			}
		}
	}
	if a, ok := given["cookie_key"]; ok {
		h.CookieKey = a.value
	}
	if a, ok := given["cookie_value"]; ok {
		h.CookieValue = a.value
	}
	if a, ok := given["protocol_version"]; ok {
		if n, err := strconv.ParseUint(a.value, 10, 31); err == nil {
			h.ProtocolVersion = uint(n)
		}
	}
	return h
}
