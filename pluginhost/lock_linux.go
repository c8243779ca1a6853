package pluginhost

import (
	"os"
	"syscall"
)

// identify returns the identity of a file, where the system has one.
func identify(file *os.File) (identity, bool) {
	info, err := file.Stat()
	if err != nil {
		return identity{}, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}, false
	}
	return identity{
		device: uint64(stat.Dev), inode: stat.Ino, size: stat.Size,
		modified: stat.Mtim.Nano(), change: stat.Ctim.Nano(),
	}, true
}
