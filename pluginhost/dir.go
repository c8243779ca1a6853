package pluginhost

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	dirPrefix = "gplug-" // short, for the sockets in it

	// lockName is that of the file that Windows locks in it.
	lockName = "lock"

	// maxSocketPath is what the shortest sun_path among the systems holds, macOS's, without its NUL.
	maxSocketPath = 103

	// socketSuffix is what go-plugin adds for a directory of its own and for a socket in it, at its longest.
	socketSuffix = "/plugin-dir4294967295/plugin4294967295"
)

// A privateDir is a directory of mode 0700 for the sockets of one plugin. Its owner holds a lock on it as long as it
// lives, which also a SIGKILL ends, so that other hosts know what to sweep.
type privateDir struct {
	path string
	lock *os.File
}

// errSwept is that another host took the directory for abandoned, between its making and its locking.
var errSwept = errors.New("another host has swept the directory")

// makePrivateDir makes a directory in base.
func makePrivateDir(base string) (*privateDir, error) {
	for {
		dir, err := tryPrivateDir(base)
		if !errors.Is(err, errSwept) {
			return dir, err
		}
	}
}

func tryPrivateDir(base string) (_ *privateDir, err error) {
	path, err := os.MkdirTemp(base, dirPrefix)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}()
	lock, err := openLock(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errSwept
	}
	if err != nil {
		return nil, err
	}
	if locked, err := tryLock(lock); err != nil || !locked || !isAt(lock) {
		return nil, errors.Join(cmp.Or(err, errSwept), lock.Close())
	}
	return &privateDir{path: path, lock: lock}, nil
}

// isAt reports whether a file is still the one at its path.
func isAt(file *os.File) bool {
	open, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(file.Name())
	return err == nil && os.SameFile(open, there)
}

// remove removes the directory and all in it.
func (d *privateDir) remove() error { return removeLocked(d.path, d.lock) }

// socketTooLong returns an error if the path of a socket in the directory could be longer than a system takes.
func (d *privateDir) socketTooLong() error {
	if longest := len(d.path) + len(socketSuffix); longest > maxSocketPath {
		return fmt.Errorf("a socket in %s can have a path of %d bytes, and a system takes %d", d.path, longest, maxSocketPath)
	}
	return nil
}

// dirName is how os.MkdirTemp names a private directory.
var dirName = regexp.MustCompile(`^` + dirPrefix + `[0-9]+$`)

// sweep removes the directories in base whose owner is gone. What it cannot remove stays for the next one.
func sweep(base string) {
	dir, err := os.Open(base)
	if err != nil {
		return
	}
	defer dir.Close()
	for err == nil {
		var names []string
		names, err = dir.Readdirnames(1000) // a temporary directory can be large
		for _, name := range names {
			if dirName.MatchString(name) {
				sweepDir(filepath.Join(base, name))
			}
		}
	}
}

func sweepDir(path string) {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || !isOwn(info) {
		return
	}
	lock, err := openLock(path)
	if err != nil {
		return
	}
	locked, err := tryLock(lock)
	if err == nil && locked && holdsOnlySockets(path) {
		_ = removeLocked(path, lock)
		return
	}
	_ = lock.Close()
}

// holdsOnlySockets reports whether a directory holds nothing but what this package and go-plugin make in it: a sweep
// should not remove what somebody else gave such a name.
func holdsOnlySockets(path string) bool {
	entries, err := os.ReadDir(path)
	return err == nil && !slices.ContainsFunc(entries, func(entry fs.DirEntry) bool {
		return entry.Name() != lockName && !strings.HasPrefix(entry.Name(), "plugin-dir")
	})
}
