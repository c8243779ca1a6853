package pluginserve

import "syscall"

// peerOf returns who opened a connection.
func peerOf(fd int) (peer, error) {
	cred, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	if err != nil {
		return peer{}, err
	}
	return peer{uid: int(cred.Uid), pid: int(cred.Pid), known: true}, nil
}
