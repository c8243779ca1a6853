package pluginserve

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// serveHost serves the host that started the process, and returns the exit code.
func serveHost(config *plugin.ServeConfig, s settings) int {
	gone, host := make(<-chan struct{}), takeHostPID()
	if s.outliveHost {
		host = 0 // another process may come
	} else {
		gone = parentGone()
	}
	terminated := watchSignals()

	config.Logger = logger(config)
	streams, err := openStreams()
	if err != nil {
		config.Logger.Error("cannot serve", "error", err)
		return 1
	}
	calls := newCalls()
	certificate := prepareHosted(config, streams, calls, host)
	session := startSession(config, true)
	at := session.address()
	if at == nil {
		return 1 // Go-plugin has logged the error.
	}
	if _, err := fmt.Fprintln(streams.stdout, handshakeLine(at, *certificate)); err != nil {
		session.end()
		return 1 // The host is gone: there is nobody to tell.
	}
	select {
	case <-session.closed:
	case <-gone:
	case <-terminated:
	}
	session.end()
	streams.show()
	return s.finish(config.Logger, calls)
}

// prepareHosted gives config a server and a transport of ours. The certificate that it points to is set once the server
// has started: it is in DER, or nil where there is none to tell the host.
func prepareHosted(config *plugin.ServeConfig, streams *streams, calls *calls, host int) *[]byte {
	certificate := new([]byte)
	provider := config.TLSProvider
	config.TLSProvider = func() (*tls.Config, error) {
		transport, der, err := hostedTLS(provider, os.Getenv("PLUGIN_CLIENT_CERT"))
		if err != nil {
			return nil, err
		}
		*certificate = der
		streams.hide()
		return transport, nil
	}
	if server := newServer(config, config.Logger, append(samePeer(config.Logger, host), calls.options()...)...); server != nil {
		config.GRPCServer = func(options []grpc.ServerOption) *grpc.Server {
			streams.show()
			return server(options)
		}
	}
	return certificate
}

// handshakeLine is what go-plugin's server prints for its host (docs/internals.md of go-plugin), with the certificate
// that the host must trust.
func handshakeLine(at *plugin.ReattachConfig, certificate []byte) string {
	line := fmt.Sprintf("%d|%d|%s|%s|%s|%s", plugin.CoreProtocolVersion, at.ProtocolVersion,
		at.Addr.Network(), at.Addr.String(), at.Protocol, base64.RawStdEncoding.EncodeToString(certificate))
	if os.Getenv("PLUGIN_MULTIPLEX_GRPC") != "" {
		line += "|true" // Only hosts that ask for it can read a seventh field.
	}
	return line
}

// watchSignals returns a channel that is closed at SIGTERM. Interrupts are ignored, as go-plugin does: they are for the
// host. So are broken pipes: when the host is gone, writing a log line must not end the plugin before it could shut
// down.
func watchSignals() <-chan struct{} {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGPIPE)
	go func() {
		for range signals {
		}
	}()
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	terminated := make(chan struct{})
	go func() {
		<-terminate
		close(terminated)
	}()
	return terminated
}
