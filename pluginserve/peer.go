package pluginserve

import (
	"fmt"
	"net"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// samePeer returns the options of a server that refuses the connections of other users. TLS of go-plugin, whose options
// come later, takes its place. A host that sets a group for sockets runs as another user, and wants to be let in.
func samePeer(log hclog.Logger) []grpc.ServerOption {
	if os.Getenv(plugin.EnvUnixSocketGroup) != "" {
		return nil
	}
	return []grpc.ServerOption{grpc.Creds(peerCredentials{TransportCredentials: insecure.NewCredentials(), log: log})}
}

// peerCredentials is no transport security. It looks at who opened a connection before anything is read from it.
type peerCredentials struct {
	credentials.TransportCredentials
	log hclog.Logger
}

// ServerHandshake returns an error for a connection of another user. One that is not a Unix socket passes.
func (p peerCredentials) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if unix, ok := conn.(*net.UnixConn); ok {
		if err := checkPeer(unix); err != nil {
			p.log.Error("refused a connection to the plugin", "error", err)
			return nil, nil, err
		}
	}
	return p.TransportCredentials.ServerHandshake(conn)
}

// Clone returns p, which has no state.
func (p peerCredentials) Clone() credentials.TransportCredentials { return p }

// checkPeer returns an error unless the process that opened conn is of our user or root. The real user counts as well as
// the effective one, for a plugin that is setuid.
func checkPeer(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	peer, known := 0, false
	controlErr := raw.Control(func(fd uintptr) { peer, known, err = peerUID(int(fd)) })
	if controlErr != nil {
		return controlErr
	}
	if err != nil {
		return fmt.Errorf("ask for the user at the other end of %s: %w", conn.LocalAddr(), err)
	}
	if !known || peer == 0 || peer == os.Getuid() || peer == os.Geteuid() {
		return nil
	}
	return fmt.Errorf("a process of user %d connected to %s: only user %d and root may", peer, conn.LocalAddr(), os.Getuid())
}
