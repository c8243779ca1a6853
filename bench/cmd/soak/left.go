package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// left is what this process holds.
type left struct {
	heap                         uint64 // bytes in use after a collection
	goroutines, files, temporary int    // files is -1 where the system does not tell
}

// measure collects garbage and counts.
func measure(temp string) left {
	runtime.GC()
	runtime.GC() // what finalizers let go
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return left{heap: stats.HeapInuse, goroutines: runtime.NumGoroutine(), files: openFiles(), temporary: count(temp)}
}

// openFiles returns the number of open files and sockets.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(entries)
}

// count returns the number of files and directories below a directory.
func count(dir string) int {
	n := -1 // itself
	_ = filepath.WalkDir(dir, func(string, os.DirEntry, error) error { n++; return nil })
	return n
}

func (l left) String() string {
	return fmt.Sprintf("%5.1f MiB of heap, %3d goroutines, %3d files, %d temporary files", float64(l.heap)/(1<<20), l.goroutines, l.files, l.temporary)
}

// slack is how much the heap may differ: pools and caches are no leak.
const slack = 8 << 20

// compare returns what is more than it was.
func (l left) compare(after left) error {
	var errs []error
	more := func(what string, before, after int) {
		if after > before {
			errs = append(errs, fmt.Errorf("%d %s before, %d after", before, what, after))
		}
	}
	more("goroutines", l.goroutines, after.goroutines)
	more("files", l.files, after.files)
	more("temporary files", l.temporary, after.temporary)
	if after.heap > l.heap+slack {
		errs = append(errs, fmt.Errorf("%d bytes of heap before, %d after", l.heap, after.heap))
	}
	return errors.Join(errs...)
}

// settled measures until nothing is left, or for ten seconds: go-plugin's broker waits five after each connection.
func settled(before left, temp string) left {
	after := measure(temp)
	for deadline := time.Now().Add(10 * time.Second); before.compare(after) != nil && time.Now().Before(deadline); after = measure(temp) {
		time.Sleep(100 * time.Millisecond)
	}
	return after
}
