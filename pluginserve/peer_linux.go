package pluginserve

import "syscall"

// peerUID returns the effective user of the process that opened a connection, at the time it did.
func peerUID(fd int) (uid int, known bool, err error) {
	peer, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	if err != nil {
		return 0, false, err
	}
	return int(peer.Uid), true, nil
}
