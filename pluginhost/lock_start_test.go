//go:build linux

package pluginhost

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
)

// lockedPlugin returns a command of a plugin in a file of its own, and its lock.
func (s *stage) lockedPlugin(path string) (*exec.Cmd, *Lock) {
	s.t.Helper()
	cmd := s.command("serve")
	binary, err := os.ReadFile(cmd.Path)
	if err != nil {
		s.t.Fatal(err)
	}
	lockFile := filepath.Join(filepath.Dir(path), "plugins.lock")
	if err := errors.Join(os.WriteFile(path, binary, 0o755), WriteLock(lockFile, path)); err != nil {
		s.t.Fatal(err)
	}
	lock, err := ReadLock(lockFile)
	if err != nil {
		s.t.Fatal(err)
	}
	cmd.Path = path
	return cmd, lock
}

// TestLockedPluginStarts also starts it by a path that is relative to the directory of the command.
func TestLockedPluginStarts(t *testing.T) {
	for name, verification := range map[string]Verification{"always": VerifyAlways, "once": VerifyOnce} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			path := filepath.Join(t.TempDir(), "plugin")
			cmd, lock := s.lockedPlugin(path)
			cmd.Dir, cmd.Path = filepath.Dir(path), "./plugin"
			for range 2 {
				p, err := Start(t.Context(), s.config(), cmd, WithLock(lock, verification))
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestPluginReplacedAfterItWasLocked(t *testing.T) {
	for name, verification := range map[string]Verification{"always": VerifyAlways, "once": VerifyOnce} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			path := filepath.Join(t.TempDir(), "plugin")
			cmd, lock := s.lockedPlugin(path)
			ran := filepath.Join(t.TempDir(), "ran")
			replacement := "#!/bin/sh\n: > " + ran + "\n"
			if err := errors.Join(os.Remove(path), os.WriteFile(path, []byte(replacement), 0o755)); err != nil {
				t.Fatal(err)
			}
			_, err := Start(t.Context(), s.config(), cmd, WithLock(lock, verification))
			var refused *StartError
			if !errors.As(err, &refused) || refused.Reason != ChecksumMismatch || !errors.Is(err, plugin.ErrChecksumsDoNotMatch) {
				t.Errorf("error %v, want ChecksumMismatch", err)
			}
			if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "plugins.lock says") {
				t.Errorf("the error does not name the plugin and the lock file: %v", err)
			}
			if _, err := os.Stat(ran); err == nil {
				t.Error("the replacement ran")
			}
		})
	}
}

func TestPluginThatIsNotLocked(t *testing.T) {
	s := newStage(t)
	cmd, lock := s.lockedPlugin(filepath.Join(t.TempDir(), "plugin"))
	other := cmd.Path + "-other"
	if err := os.Rename(cmd.Path, other); err != nil {
		t.Fatal(err)
	}
	cmd.Path = other
	_, err := Start(t.Context(), s.config(), cmd, WithLock(lock, VerifyOnce))
	var refused *StartError
	if !errors.As(err, &refused) || refused.Reason != ChecksumMismatch || !errors.Is(err, ErrNotLocked) {
		t.Errorf("error %v, want ChecksumMismatch and ErrNotLocked", err)
	}
}

// TestLockWithARunner holds that a plugin without a file does not run unlocked.
func TestLockWithARunner(t *testing.T) {
	s := newStage(t)
	_, lock := s.lockedPlugin(filepath.Join(t.TempDir(), "plugin"))
	config := s.config()
	config.RunnerFunc = func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) { panic("not to be called") }
	for name, when := range map[string]Verification{"always": VerifyAlways, "once": VerifyOnce} {
		_, err := Start(t.Context(), config, nil, WithLock(lock, when))
		if e, ok := errors.AsType[*StartError](err); !ok || e.Reason != BadConfig || !strings.Contains(e.Error(), "WithLock") {
			t.Errorf("%s: got %v, want %v", name, err, BadConfig)
		}
	}
}
