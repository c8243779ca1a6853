package pluginhost

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A handshake is the line by which a plugin says where it serves: CORE|VERSION|NETWORK|ADDRESS|PROTOCOL|CERT|MULTIPLEX,
// the last three optional (go-plugin, server.go).
type handshake struct {
	core, version    string
	network, address string
	protocol         string // netrpc where the plugin names none, as go-plugin has it
	cert             string // what a server certificate in base64 is, if it is longer than 50 bytes
	multiplex        string // empty if the plugin knows no multiplexing
}

// handshakePattern finds a handshake at the end of a line. In front may stand what the plugin printed before without a
// newline.
var handshakePattern = regexp.MustCompile(`(\d+)\|([^|]*)\|(unix|tcp)\|([^|]*)(?:\|([^|]*))?(?:\|([^|]*))?(?:\|([^|]*))?(?:\|.*)?$`)

// findHandshake returns the handshake in a line, and what the line holds before it.
func findHandshake(line []byte) (h handshake, before []byte, found bool) {
	line = bytes.TrimRight(line, " \t\r")
	skipped := max(0, len(line)-handshakeLimit)
	at := handshakePattern.FindSubmatchIndex(line[skipped:])
	if at == nil {
		return handshake{}, nil, false
	}
	field := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return string(line[skipped+at[2*i] : skipped+at[2*i+1]])
	}
	h = handshake{
		core: field(1), version: field(2), network: field(3), address: field(4),
		protocol: field(5), cert: field(6), multiplex: field(7),
	}
	if h.protocol == "" {
		h.protocol = "netrpc"
	}
	start := skipped + at[0]
	if start > 0 && len(h.core) > 1 { // "…12" and "1|1|unix|…": the digits before the last are not the handshake's
		start += len(h.core) - 1
		h.core = h.core[len(h.core)-1:]
	}
	return h, line[:start], true
}

// number returns the protocol version, or an error if it is none.
func (h handshake) number() (int, error) {
	version, err := strconv.Atoi(h.version)
	if err != nil {
		return 0, fmt.Errorf("the handshake %q has the protocol version %q, expected a number", h, h.version)
	}
	return version, nil
}

// hasCert reports whether the plugin wants TLS. Some old plugins send other things in the field, but short ones.
func (h handshake) hasCert() bool { return len(h.cert) > 50 }

// String returns the line as go-plugin takes it.
func (h handshake) String() string {
	fields := []string{h.core, h.version, h.network, h.address, h.protocol}
	if h.cert != "" || h.multiplex != "" {
		fields = append(fields, h.cert)
	}
	if h.multiplex != "" {
		fields = append(fields, h.multiplex)
	}
	return strings.Join(fields, "|")
}
