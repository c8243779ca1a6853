//go:build unix

package pluginhost

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

func matchName(pattern, name string) (bool, error) { return filepath.Match(pattern, name) }

func checkExecutable(_ string, info fs.FileInfo) error {
	if info.Mode()&0o111 == 0 {
		return fmt.Errorf("%w: its mode is %v", ErrNotExecutable, info.Mode())
	}
	return nil
}

// checkWritable returns an error if every user can write a file or directory, or can put another in its place. The mode
// of a symbolic link means nothing: the directory that it is in decides.
func checkWritable(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	const others = 0o002
	mode := info.Mode()
	if mode&fs.ModeSymlink == 0 && mode&others != 0 && (!mode.IsDir() || mode&fs.ModeSticky == 0) {
		return fmt.Errorf("%w: %s has mode %v", ErrWritableByOthers, path, mode)
	}
	parent, err := os.Lstat(filepath.Dir(path))
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	if parent.Mode()&others != 0 && owner != 0 && int(owner) != os.Geteuid() {
		return fmt.Errorf("%w: in %s, where every user can make files, %s belongs to user %d", ErrWritableByOthers, filepath.Dir(path), path, owner)
	}
	return nil
}
