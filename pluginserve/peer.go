package pluginserve

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// envHostPID is the environment variable by which a host of package pluginhost tells its process id.
const envHostPID = "GOPLUGIN_HOST_PID"

// takeHostPID returns the process id that a host tells, or 0. It leaves none to what the plugin starts itself, which has
// another host.
func takeHostPID() int {
	pid, err := strconv.Atoi(os.Getenv(envHostPID))
	if os.Unsetenv(envHostPID) != nil || err != nil {
		return 0
	}
	return pid
}

// samePeer returns the options of a server that refuses the connections of other users, and of other processes than that
// of the host, where its id is known and not 0. TLS of go-plugin, whose options come later, takes its place. A host that
// sets a group for sockets runs as another user, and wants to be let in.
func samePeer(log hclog.Logger, host int) []grpc.ServerOption {
	if os.Getenv(plugin.EnvUnixSocketGroup) != "" {
		return nil
	}
	return []grpc.ServerOption{grpc.Creds(peerCredentials{TransportCredentials: insecure.NewCredentials(), log: log, host: host})}
}

// peerCredentials is no transport security. It looks at who opened a connection before anything is read from it.
type peerCredentials struct {
	credentials.TransportCredentials
	log  hclog.Logger
	host int // process id; 0 where it is not known
}

// ServerHandshake returns an error for a connection of another user or process. One that is not a Unix socket passes.
func (p peerCredentials) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if unix, ok := conn.(*net.UnixConn); ok {
		if err := p.check(unix); err != nil {
			p.log.Error("refused a connection to the plugin", "error", err)
			return nil, nil, err
		}
	}
	return p.TransportCredentials.ServerHandshake(conn)
}

// Clone returns p, which has no state.
func (p peerCredentials) Clone() credentials.TransportCredentials { return p }

// A peer is the process that opened a connection, at the time it did.
type peer struct {
	uid   int // the effective user
	pid   int // 0 where the system does not tell, or only another namespace knows it
	known bool
}

// check returns an error unless the process that opened conn is the host, or of our user or root where the host is not
// known. The real user counts as well as the effective one, for a plugin that is setuid.
func (p peerCredentials) check(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var other peer
	controlErr := raw.Control(func(fd uintptr) { other, err = peerOf(int(fd)) })
	if controlErr != nil {
		return controlErr
	}
	if err != nil {
		return fmt.Errorf("ask who is at the other end of %s: %w", conn.LocalAddr(), err)
	}
	switch {
	case !other.known:
		return nil
	case other.uid != 0 && other.uid != os.Getuid() && other.uid != os.Geteuid():
		return fmt.Errorf("a process of user %d connected to %s: only user %d and root may", other.uid, conn.LocalAddr(), os.Getuid())
	case p.host != 0 && other.pid != 0 && other.pid != p.host:
		return fmt.Errorf("process %d connected to %s: only the host, process %d, may", other.pid, conn.LocalAddr(), p.host)
	}
	return nil
}
