//go:build linux || darwin

package pluginhost

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"
)

// lockOf writes a plugin and returns its lock.
func lockOf(t *testing.T) (lock *Lock, file string) {
	t.Helper()
	dir := t.TempDir()
	file, path := filepath.Join(dir, "plugin"), filepath.Join(dir, "plugins.lock")
	err := errors.Join(os.WriteFile(file, []byte("one"), 0o755), WriteLock(path, file))
	if err != nil {
		t.Fatal(err)
	}
	lock, err = ReadLock(path)
	if err != nil {
		t.Fatal(err)
	}
	return lock, file
}

// TestVerifyOnceReadsOnce makes a lock believe in another sum, to see which verification reads the file.
func TestVerifyOnceReadsOnce(t *testing.T) {
	lock, file := lockOf(t)
	later := time.Now().Add(time.Hour)
	if _, err := lock.knownSum(file, later); err != nil {
		t.Fatal(err)
	}
	for id := range lock.known {
		lock.known[id] = "another"
	}
	if err := lock.verifyOnce(file); !errors.Is(err, plugin.ErrChecksumsDoNotMatch) {
		t.Errorf("VerifyOnce has read the file again: %v", err)
	}
	if err := lock.Verify(file); err != nil {
		t.Errorf("VerifyAlways has not read the file: %v", err)
	}
}

// TestVerifyOnceNoticesAWrite restores size and modification time, as who hides a change would.
func TestVerifyOnceNoticesAWrite(t *testing.T) {
	for name, change := range map[string]func(file string) error{
		"in place": func(file string) error { return os.WriteFile(file, []byte("two"), 0o755) },
		"another file": func(file string) error {
			return errors.Join(os.WriteFile(file+".new", []byte("two"), 0o755), os.Rename(file+".new", file))
		},
	} {
		t.Run(name, func(t *testing.T) {
			lock, file := lockOf(t)
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := lock.knownSum(file, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			known := slices.Collect(maps.Keys(lock.known))
			for { // until the clock of the file system has ticked
				if err := errors.Join(change(file), os.Chtimes(file, info.ModTime(), info.ModTime())); err != nil {
					t.Fatal(err)
				}
				if id := identityOf(t, file); id != known[0] {
					break
				}
			}
			if err := lock.verifyOnce(file); !errors.Is(err, plugin.ErrChecksumsDoNotMatch) {
				t.Errorf("the change went unnoticed: %v", err)
			}
		})
	}
}

func identityOf(t *testing.T, path string) identity {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	id, ok := identify(file)
	if !ok {
		t.Fatal("the file has no identity")
	}
	return id
}

// TestVerifyOnceWaitsForTheClock holds that a file which may still be written within the same tick is read again.
func TestVerifyOnceWaitsForTheClock(t *testing.T) {
	lock, file := lockOf(t)
	if err := lock.verifyOnce(file); err != nil {
		t.Fatal(err)
	}
	if len(lock.known) > 0 {
		t.Error("the identity of a file that was just written is believed in")
	}
}
