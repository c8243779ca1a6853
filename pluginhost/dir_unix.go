//go:build !windows

package pluginhost

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// openLock opens what the owner of a directory locks: the directory.
func openLock(dir string) (*os.File, error) { return os.Open(dir) }

// tryLock locks a file, and reports whether nobody else had.
func tryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// removeLocked removes a directory, and only then gives back its lock: its owner may be about to take it.
func removeLocked(dir string, lock *os.File) error {
	return errors.Join(os.RemoveAll(dir), lock.Close())
}

// isOwn reports whether a file belongs to the user of this process: anybody can make a directory in /tmp.
func isOwn(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
