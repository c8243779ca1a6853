package pluginserve

import "golang.org/x/sys/unix"

// peerUID returns the effective user of the process that opened a connection, at the time it did.
func peerUID(fd int) (uid int, known bool, err error) {
	peer, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return 0, false, err
	}
	return int(peer.Uid), true, nil
}
