package pluginhost

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// openLock opens what the owner of a directory locks: a file in it, because Windows locks no directories.
func openLock(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
}

// tryLock locks a file, and reports whether nobody else had.
func tryLock(file *os.File) (bool, error) {
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

// removeLocked removes a directory after closing its lock: Windows removes no file that is open. So it removes none of an
// owner that takes the lock meanwhile, either.
func removeLocked(dir string, lock *os.File) error {
	return errors.Join(lock.Close(), os.RemoveAll(dir))
}

// isOwn is true: the temporary directory of Windows is the user's own.
func isOwn(fs.FileInfo) bool { return true }
