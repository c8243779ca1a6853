package pluginhost

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-plugin"
)

// verifyFile returns an error if the executable is not the one that the host expects.
func (s *settings) verifyFile() *StartError {
	for _, check := range s.checks {
		err := check(executable(s.command))
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist):
			return refusal(s.command, err)
		default:
			return failure(ChecksumMismatch, fmt.Sprintf("it is not the file that the host expects: %v", err),
				"install the plugin again, from where the checksum comes from\nrenew the checksum, if the new file is the right one", err)
		}
	}
	return nil
}

// executable returns the path of what a command runs, as this process finds it.
func executable(command *exec.Cmd) string {
	if filepath.IsAbs(command.Path) {
		return command.Path
	}
	return filepath.Join(command.Dir, command.Path) // os/exec looks from there
}

// verify returns an error if the host cannot talk to a plugin with this handshake.
func (s *settings) verify(h handshake) *StartError {
	if h.core != strconv.Itoa(plugin.CoreProtocolVersion) {
		return failure(ProtocolMismatch,
			fmt.Sprintf("it speaks version %s of go-plugin's own protocol, and this host version %d", h.core, plugin.CoreProtocolVersion),
			"build the plugin, or the host, with a newer go-plugin", nil)
	}
	version, err := h.number()
	if err != nil {
		return failure(BadHandshake, err.Error(), "the plugin must print CORE|VERSION|NETWORK|ADDRESS|PROTOCOL, such as 1|1|unix|/tmp/x|grpc", err)
	}
	versions := slices.Sorted(maps.Keys(s.versions()))
	if !slices.Contains(versions, version) {
		return versionMismatch(version, versions)
	}
	return s.verifyTransport(h)
}

func versionMismatch(plugin int, host []int) *StartError {
	numbers := strings.ReplaceAll(strings.Trim(fmt.Sprint(host), "[]"), " ", ", ")
	remedy := "install a version of the plugin that speaks " + numbers
	switch {
	case plugin > host[len(host)-1]:
		remedy = "update the host\ninstall an older version of the plugin"
	case plugin < host[0]:
		remedy = "update the plugin"
	}
	return failure(VersionMismatch, fmt.Sprintf("it speaks protocol version %d, and this host %s", plugin, numbers), remedy, nil)
}

// withoutTLS says what a host does to connect without TLS.
func (s *settings) withoutTLS() string {
	if s.tcp && !s.plain {
		return "give Start the option WithoutTLS, and set AutoMTLS to false in the host's configuration"
	}
	return "set AutoMTLS to false in the host's configuration"
}

func (s *settings) verifyTransport(h handshake) *StartError {
	protocol := plugin.Protocol(h.protocol)
	switch {
	case !slices.Contains(s.config.AllowedProtocols, protocol):
		return failure(ProtocolMismatch, fmt.Sprintf("it speaks %q, and this host allows %q", protocol, s.config.AllowedProtocols),
			"install a version of the plugin that speaks one of these\nadd it to AllowedProtocols of the host's configuration, if the host's plugin set knows it", nil)
	case s.restarts != nil && protocol != plugin.ProtocolGRPC:
		return failure(ProtocolMismatch, fmt.Sprintf("it speaks %q, and only plugins of gRPC can be supervised", protocol), "start it without Supervise", nil)
	case s.config.GRPCBrokerMultiplex && protocol == plugin.ProtocolGRPC && h.multiplex != "true":
		return failure(ProtocolMismatch, "this host multiplexes its connections to the plugin, and the plugin does not",
			"build the plugin with go-plugin 1.6 or newer\nset GRPCBrokerMultiplex to false in the host's configuration", plugin.ErrGRPCBrokerMuxNotSupported)
	case s.pinned != nil && !h.hasCert():
		return failure(ProtocolMismatch, "this host uses AutoMTLS, and the plugin does not",
			s.withoutTLS()+"\nbuild the plugin with a go-plugin that knows AutoMTLS, and without a TLSProvider", nil)
	case h.hasCert() && s.config.TLSConfig == nil:
		return failure(ProtocolMismatch, "it wants TLS, and this host has neither AutoMTLS nor a TLSConfig",
			"set AutoMTLS in the host's configuration", nil)
	case s.pinned != nil:
		if err := s.pinned.pin(h); err != nil {
			return failure(BadHandshake, err.Error(), "the plugin must put its certificate there in base64 without padding", err)
		}
	}
	return nil
}
