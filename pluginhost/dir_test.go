//go:build unix

package pluginhost

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// TestSweep holds what a sweep removes: the directories of owners that are gone, and nothing else.
func TestSweep(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	alive, err := makePrivateDir(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{
		"gplug-1/plugin-dir7", "gplug-2", // of owners that are gone
		"gplug-3/work", "gplug-build", "other", // of somebody else
	} {
		if err := os.MkdirAll(filepath.Join(base, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(base, "gplug-4"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sweep(base)
	var left []string
	entries, err := os.ReadDir(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		left = append(left, entry.Name())
	}
	want := []string{filepath.Base(alive.path), "gplug-3", "gplug-4", "gplug-build", "other"}
	slices.Sort(want)
	if !slices.Equal(left, want) {
		t.Errorf("left: %q, want %q", left, want)
	}
	if err := alive.remove(); err != nil {
		t.Error(err)
	}
}

// TestSweepWhileOthersStart holds that a host that sweeps takes no directory from one that makes it at that moment.
func TestSweepWhileOthersStart(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	var hosts sync.WaitGroup
	for range 8 {
		hosts.Go(func() {
			for range 50 {
				dir, err := makePrivateDir(base)
				if err != nil {
					t.Error(err)
					return
				}
				sweep(base)
				if err := os.Mkdir(filepath.Join(dir.path, "plugin-dir1"), 0o700); err != nil {
					t.Error(err)
				}
				if err := dir.remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	hosts.Wait()
	if entries, err := os.ReadDir(base); err != nil || len(entries) > 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}
