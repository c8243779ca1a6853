//go:build unix

package bench

import "syscall"

// cpuTime returns the user and system time of this process in nanoseconds.
func cpuTime() uint64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return uint64(used.Utime.Nano() + used.Stime.Nano())
}
