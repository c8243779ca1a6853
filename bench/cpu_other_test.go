//go:build !unix

package bench

import "os"

// cpuTime returns 0: only Unix tells a process its time.
func cpuTime() uint64 { return 0 }

// maxRSS returns 0, for the same reason.
func maxRSS(*os.ProcessState) uint64 { return 0 }
