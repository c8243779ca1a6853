package pluginserve

import (
	"context"
	"os"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// stopTimeout limits how long a server may take to stop before the process ends anyway. With it and the interval at
// which the parent is looked at, a plugin is gone 2 s after its host.
const stopTimeout = time.Second

// A session is one run of go-plugin's server. It uses what go-plugin offers for tests within one process: such a server
// can be stopped, and says where it listens instead of printing it.
type session struct {
	ready  chan *plugin.ReattachConfig
	closed chan struct{} // when the server has ended
	cancel context.CancelFunc
	server *grpc.Server // nil if it serves net/rpc; set before ready
	socket string       // a path to remove, or empty
}

// startSession starts go-plugin's server. With syncStdio os.Stdout and os.Stderr lead to the host.
func startSession(config *plugin.ServeConfig, syncStdio bool) *session {
	ctx, cancel := context.WithCancel(context.Background())
	s := &session{ready: make(chan *plugin.ReattachConfig, 1), closed: make(chan struct{}), cancel: cancel}
	if create := config.GRPCServer; create != nil {
		config.GRPCServer = func(options []grpc.ServerOption) *grpc.Server {
			s.server = create(options)
			return s.server
		}
	}
	config.Test = &plugin.ServeTestConfig{
		Context:          ctx,
		ReattachConfigCh: s.ready,
		CloseCh:          s.closed,
		SyncStdio:        syncStdio,
	}
	go plugin.Serve(config)
	return s
}

// address returns where the server listens, and what it speaks. It returns nil if the server could not start; then
// go-plugin has logged why.
func (s *session) address() *plugin.ReattachConfig {
	var at *plugin.ReattachConfig
	select {
	case at = <-s.ready:
	case <-s.closed:
		select { // Both may have happened.
		case at = <-s.ready:
		default:
			return nil
		}
	}
	if at.Addr.Network() == "unix" {
		s.socket = at.Addr.String()
	}
	return at
}

// end stops the server and removes its socket, which go-plugin leaves behind when it multiplexes its broker.
func (s *session) end() {
	if s.server != nil {
		go s.server.Stop() // which go-plugin takes for a good end
	} else {
		s.cancel()
	}
	timeout := time.NewTimer(stopTimeout)
	defer timeout.Stop()
	select {
	case <-s.closed:
	case <-timeout.C: // gRPC waits for a handler, or go-plugin for a first connection to multiplex.
	}
	s.cancel()
	if s.socket != "" {
		_ = os.Remove(s.socket) // It is gone already, mostly.
	}
}
