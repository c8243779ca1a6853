package pluginhost_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// write writes a file, and makes the directories above it.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}

// The SHA-256 of "one" and "two".
const (
	sumOne = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
	sumTwo = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
)

func TestWriteLock(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plugins.lock")
	two, one := write(t, filepath.Join(dir, "z", "two"), "two"), write(t, filepath.Join(dir, "a one"), "one")
	if err := pluginhost.WriteLock(path, two, one, one); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if want := sumOne + "  a one\n" + sumTwo + "  z/two\n"; err != nil || string(text) != want {
		t.Errorf("the lock file is\n%s, %v, want\n%s", text, err, want)
	}
	lock, err := pluginhost.ReadLock(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, plugin := range []string{one, two} {
		if err := lock.Verify(plugin); err != nil {
			t.Error(err)
		}
	}
}

// TestLockIsReplacedWhole holds that a failure leaves the lock file as it was, and nothing beside it.
func TestLockIsReplacedWhole(t *testing.T) {
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, "plugins.lock"), "# mine\n")
	if err := pluginhost.WriteLock(path, filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("locking a file that does not exist: %v", err)
	}
	if text, err := os.ReadFile(path); string(text) != "# mine\n" {
		t.Errorf("the lock file is %q, %v", text, err)
	}
	if entries, err := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the directory has %v, %v", entries, err)
	}
}

func TestSha256sumReadsTheLock(t *testing.T) {
	tool, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("needs sha256sum, which not every system has")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "plugins.lock")
	if err := pluginhost.WriteLock(path, write(t, filepath.Join(dir, "bin", "one"), "one")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "-c", "plugins.lock")
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, output)
	}
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	one := write(t, filepath.Join(dir, "one"), "one")
	path := filepath.Join(dir, "plugins.lock")
	if err := pluginhost.WriteLock(path, one); err != nil {
		t.Fatal(err)
	}
	lock, err := pluginhost.ReadLock(path)
	if err != nil {
		t.Fatal(err)
	}
	other := write(t, filepath.Join(dir, "other"), "one")
	if err := lock.Verify(other); !errors.Is(err, pluginhost.ErrNotLocked) || !strings.Contains(err.Error(), "no line for other") {
		t.Errorf("a plugin of the same bytes that is not locked: %v", err)
	}
	t.Chdir(dir)
	if err := lock.Verify("./one"); err != nil {
		t.Errorf("a relative path: %v", err)
	}
	write(t, one, "two")
	if err := lock.Verify(one); !errors.Is(err, plugin.ErrChecksumsDoNotMatch) || !strings.Contains(err.Error(), sumOne) || !strings.Contains(err.Error(), sumTwo) {
		t.Errorf("a plugin that was replaced: %v", err)
	}
	if err := errors.Join(os.Remove(one), lock.Verify(one)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a plugin that is gone: %v", err)
	}
}

// TestVerifyThroughLinks holds that a directory may be reached by another name, and that a link is followed.
func TestVerifyThroughLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "real", "v1"), "one")
	if err := errors.Join(os.Symlink("v1", filepath.Join(dir, "real", "plugin")), os.Symlink("real", filepath.Join(dir, "alias"))); err != nil {
		t.Skipf("needs symbolic links: %v", err)
	}
	path := filepath.Join(dir, "alias", "plugins.lock")
	if err := pluginhost.WriteLock(path, filepath.Join(dir, "real", "plugin")); err != nil {
		t.Fatal(err)
	}
	lock, err := pluginhost.ReadLock(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, plugin := range []string{"real/plugin", "alias/plugin"} {
		if err := lock.Verify(filepath.Join(dir, plugin)); err != nil {
			t.Error(err)
		}
	}
	write(t, filepath.Join(dir, "real", "v1"), "two")
	if err := lock.Verify(filepath.Join(dir, "real", "plugin")); !errors.Is(err, plugin.ErrChecksumsDoNotMatch) {
		t.Errorf("the link leads to other bytes: %v", err)
	}
}

func TestReadLockNamesTheLine(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"comments, empty lines, CRLF, upper case": {"# by hand\r\n\r\n" + strings.ToUpper(sumOne) + "  ./one\r\n", ""},
		"one space":         {"\n" + sumOne + " one", "plugins.lock:2: expected 64 hexadecimal digits, two spaces and a path"},
		"sum too short":     {sumOne[2:] + "  one", "plugins.lock:1: expected 64"},
		"no hexadecimals":   {"x" + sumOne[1:] + "  one", "plugins.lock:1: expected 64"},
		"no path":           {sumOne + "  ", "plugins.lock:1: expected 64"},
		"absolute path":     {sumOne + "  /one", "plugins.lock:1: expected a path relative to the directory of the lock file, found /one"},
		"locked twice":      {sumOne + "  one\n" + sumTwo + "  ./one", "plugins.lock:2: one is locked twice"},
		"all errors":        {"x\n\ny", "plugins.lock:3: expected"},
		"conflict of git's": {"<<<<<<< HEAD\n" + sumOne + "  one", "plugins.lock:1: expected"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			lock, err := pluginhost.ReadLock(write(t, filepath.Join(dir, "plugins.lock"), test.text))
			if test.want == "" && err == nil {
				err = lock.Verify(write(t, filepath.Join(dir, "one"), "one"))
			}
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if _, err := pluginhost.ReadLock(filepath.Join(t.TempDir(), "plugins.lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no lock file: %v", err)
	}
}
