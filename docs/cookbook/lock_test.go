package cookbook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/testapi/kvv1"
	"github.com/goplugin-dev/goplugin/pluginhost"
)

// install locks the plugins of a directory as they are now. An installer does this, or the person who trusts them.
func install(dir string) error {
	found, passedOver, err := pluginhost.Discover(dir, "kv-*")
	if err != nil {
		return err
	}
	for _, file := range passedOver {
		fmt.Println("not a plugin:", file) // and why
	}
	var paths []string
	for _, file := range found {
		paths = append(paths, file.Path)
	}
	return pluginhost.WriteLock(filepath.Join(dir, "plugins.lock"), paths...)
}

// startLocked starts a plugin only if it is, byte for byte, the one that was installed.
func startLocked(ctx context.Context, dir, name string) (*pluginhost.Plugin, error) {
	lock, err := pluginhost.ReadLock(filepath.Join(dir, "plugins.lock"))
	if err != nil {
		return nil, err
	}
	return pluginhost.Start(ctx, kvv1.ClientConfig(), exec.Command(filepath.Join(dir, name)),
		pluginhost.WithLock(lock, pluginhost.VerifyOnce))
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	program, err := os.ReadFile(itself(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "kv-memory")
	if err := os.WriteFile(path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := install(dir); err != nil {
		t.Fatal(err)
	}
	p, err := startLocked(t.Context(), dir, "kv-memory")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}

	if err := os.WriteFile(path, append(program, 0), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = startLocked(t.Context(), dir, "kv-memory")
	var start *pluginhost.StartError
	if !errors.As(err, &start) || start.Reason != pluginhost.ChecksumMismatch {
		t.Errorf("a plugin that was exchanged: %v, want the reason %s", err, pluginhost.ChecksumMismatch)
	}
}
