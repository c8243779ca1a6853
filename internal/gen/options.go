package gen

import (
	"fmt"
	"slices"
	"strings"
)

// Options are the generator's own parameters. Those of every Go generator (paths, module, M, default_api_level and
// so on) are protogen's.
type Options struct {
	// Style shapes the methods that no directive shapes. Default: StyleAuto.
	Style Style
	// Transport is what the glue speaks. Default: TransportGRPC.
	Transport Transport
	// PackageSuffix, if set, puts the glue into a sub-package: that of greeterv1 with the suffix "plugin" is
	// greeterv1/greeterv1plugin.
	PackageSuffix string
	// Directives is the path of a directive file. Default: none.
	Directives string
}

// Style says how a method's messages appear in Go.
type Style string

// The styles: the message as it is, its fields one by one, or whichever suits each side.
const (
	StyleAuto    Style = "auto"
	StyleFlat    Style = "flat"
	StyleMessage Style = "message"
)

func parseStyle(value string) (Style, error) {
	styles := []Style{StyleAuto, StyleFlat, StyleMessage}
	if style := Style(value); slices.Contains(styles, style) {
		return style, nil
	}
	return "", fmt.Errorf("expected auto, flat or message")
}

// Transport says over what a host and its plugins talk.
type Transport string

// The transports of go-plugin, and both at once: a host then takes plugins of either.
const (
	TransportGRPC   Transport = "grpc"
	TransportNetRPC Transport = "netrpc"
	TransportBoth   Transport = "both"
)

// grpc reports whether the glue speaks gRPC.
func (t Transport) grpc() bool { return t != TransportNetRPC }

// netRPC reports whether the glue speaks net/rpc.
func (t Transport) netRPC() bool { return t == TransportNetRPC || t == TransportBoth }

// set takes one parameter of the form name=value, as protogen hands over those that it does not know.
func (o *Options) set(name, value string) error {
	switch name {
	case "style":
		style, err := parseStyle(value)
		if err != nil {
			return fmt.Errorf("option style=%s: %w", value, err)
		}
		o.Style = style
	case "transport":
		if !slices.Contains([]Transport{TransportGRPC, TransportNetRPC, TransportBoth}, Transport(value)) {
			return fmt.Errorf("option transport=%s: expected grpc, netrpc or both", value)
		}
		o.Transport = Transport(value)
	case "package_suffix":
		if value == "" || strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return fmt.Errorf("option package_suffix=%s: expected lower-case letters, digits and _, such as plugin", value)
		}
		o.PackageSuffix = value
	case "directives":
		if value == "" {
			return fmt.Errorf("option directives=: expected the path of a directive file")
		}
		o.Directives = value
	default:
		return fmt.Errorf("unknown option %q: protoc-gen-goplugin takes style, transport, package_suffix, directives, "+
			"and paths, module, M, default_api_level, apilevelM, annotate_code as every Go generator does", name)
	}
	return nil
}
