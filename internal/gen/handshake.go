package gen

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// cookieNamespace is the UUIDv5 namespace of the magic cookies. It never changes: hosts and plugins that were built
// years apart must agree.
var cookieNamespace = uuid.MustParse("6f9bd3c5-7c0e-5d43-9a54-3d2c1f0b8e21")

// versionSuffix matches the last component of a versioned package, as buf's PACKAGE_VERSION_SUFFIX rule has it.
var versionSuffix = regexp.MustCompile(`^v([0-9]+)((p[0-9]+)?(alpha|beta)[0-9]*|test.*)?$`)

// defaultHandshake returns the handshake of a proto package without a directive. Every version of one API shares the
// magic cookie; the protocol version tells them apart.
func defaultHandshake(protoPackage string) Handshake {
	name, version := splitVersion(protoPackage)
	var key []string
	for component := range strings.SplitSeq(name, ".") {
		key = append(key, screamingSnake(component))
	}
	return Handshake{
		ProtocolVersion: version,
		CookieKey:       strings.Join(key, "_") + "_PLUGIN",
		CookieValue:     uuid.NewSHA1(cookieNamespace, []byte(name)).String(),
	}
}

// splitVersion splits a proto package into its unversioned name and its version: greeter.v2 is greeter and 2, and a
// package without a version has version 1.
func splitVersion(protoPackage string) (string, uint) {
	i := strings.LastIndexByte(protoPackage, '.')
	if i < 0 {
		return protoPackage, 1
	}
	match := versionSuffix.FindStringSubmatch(protoPackage[i+1:])
	if match == nil {
		return protoPackage, 1
	}
	version, err := strconv.ParseUint(match[1], 10, 31)
	if err != nil {
		return protoPackage, 1
	}
	return protoPackage[:i], uint(version)
}
