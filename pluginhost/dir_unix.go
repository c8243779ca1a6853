//go:build !windows

package pluginhost

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// tryLock locks a file, and reports whether nobody else had.
func tryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// isOwn reports whether a file belongs to the user of this process: anybody can make a directory in /tmp.
func isOwn(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
