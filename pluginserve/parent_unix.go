//go:build unix

package pluginserve

import (
	"os"
	"time"
)

// parentInterval is how often the parent is looked at. Every Unix tells an orphan by its new parent; what would tell it
// at once differs from system to system, and some containers forbid it.
const parentInterval = 500 * time.Millisecond

// parentGone returns a channel that is closed when the parent of this process has ended. A parent that ended before
// the call goes unnoticed here, but the handshake cannot be written to it.
func parentGone() <-chan struct{} {
	parent := os.Getppid()
	gone := make(chan struct{})
	go func() {
		ticker := time.NewTicker(parentInterval)
		defer ticker.Stop()
		for range ticker.C {
			if os.Getppid() != parent {
				close(gone)
				return
			}
		}
	}()
	return gone
}
