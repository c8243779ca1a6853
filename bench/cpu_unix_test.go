//go:build unix

package bench

import (
	"os"
	"runtime"
	"syscall"
)

// cpuTime returns the user and system time of this process in nanoseconds.
func cpuTime() uint64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return uint64(used.Utime.Nano() + used.Stime.Nano())
}

// maxRSS returns the peak of a process's resident memory in bytes.
func maxRSS(state *os.ProcessState) uint64 {
	used, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" { // the others count in KiB
		return uint64(used.Maxrss)
	}
	return uint64(used.Maxrss) << 10
}
