package pluginhost

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/go-plugin"
)

// ErrNotLocked says that a lock file does not name a plugin.
var ErrNotLocked = errors.New("not in the lock file")

// A Lock says which bytes plugins must have: the contents of a lock file, plugins.lock by custom.
//
// A lock file has a line for each plugin, sorted by path: its SHA-256 in hexadecimal digits, two spaces, and its path
// relative to the directory of the lock file, with slashes on every system. sha256sum -c reads it, too. Empty lines and
// lines that begin with # are for people.
//
// Its methods can be called by several goroutines at a time.
type Lock struct {
	path string            // of the lock file
	dir  string            // of the lock file, without symbolic links
	sums map[string]string // hexadecimal, by key

	mu    sync.Mutex
	known map[identity]string // sums of files that were read; filled by VerifyOnce
}

// WriteLock writes a lock file for plugins, as they are now. It replaces the file at path at once or, after an error, not
// at all. Paths of plugins are relative to the current directory, as everywhere; symbolic links to plugins are
// followed for their contents and not for their names.
func WriteLock(path string, plugins ...string) error {
	lock, err := newLock(path)
	if err != nil {
		return err
	}
	var errs []error
	for _, plugin := range plugins {
		errs = append(errs, lock.add(plugin))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lock.sums)) {
		fmt.Fprintf(&text, "%s  %s\n", lock.sums[name], name)
	}
	return replaceFile(path, text.String())
}

// ReadLock reads a lock file. Its error names the file and the line: all lines that are wrong at once.
func ReadLock(path string) (*Lock, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the lock file: %w", err)
	}
	defer func() { _ = file.Close() }()
	lock, err := newLock(path)
	if err != nil {
		return nil, err
	}
	var errs []error
	scanner := bufio.NewScanner(file)
	for number := 1; scanner.Scan(); number++ {
		if err := lock.parse(scanner.Text()); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", path, number, err))
		}
	}
	if err := scanner.Err(); err != nil {
		errs = append(errs, fmt.Errorf("read the lock file %s: %w", path, err))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return lock, nil
}

// Verify returns an error unless the file at path has the bytes that the lock says: one that is ErrNotLocked if the lock
// does not name it, and plugin.ErrChecksumsDoNotMatch if it differs.
func (l *Lock) Verify(path string) error {
	return l.check(path, sumAt)
}

func newLock(path string) (*Lock, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("lock file %s: %w", path, err)
	}
	return &Lock{path: path, dir: dir, sums: map[string]string{}, known: map[identity]string{}}, nil
}

// name returns what the lock file calls a plugin. Of its path, links are followed up to the last element.
func (l *Lock) name(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	name, err := filepath.Rel(l.dir, filepath.Join(dir, filepath.Base(path)))
	if err != nil {
		return "", fmt.Errorf("%s has no path from %s, the directory of the lock file: %w", path, l.dir, err)
	}
	return filepath.ToSlash(name), nil
}

// add locks a plugin as it is now.
func (l *Lock) add(path string) error {
	name, err := l.name(path)
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	if strings.ContainsAny(name, "\n\r\\") {
		return fmt.Errorf("lock %q: a lock file cannot hold a name with a line break or a backslash: rename the plugin", path)
	}
	l.sums[name], err = sumAt(path)
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	return nil
}

// parse takes in a line of the lock file.
func (l *Lock) parse(line string) error {
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	sum, name, ok := strings.Cut(line, "  ")
	if digits, err := hex.DecodeString(sum); !ok || name == "" || err != nil || len(digits) != sha256.Size {
		return fmt.Errorf("expected 64 hexadecimal digits, two spaces and a path, found %q", line)
	}
	if path.IsAbs(name) || filepath.IsAbs(name) {
		return fmt.Errorf("expected a path relative to the directory of the lock file, found %s", name)
	}
	name = path.Clean(name) // sha256sum writes ./plugin where it was asked so
	if _, ok := l.sums[name]; ok {
		return fmt.Errorf("%s is locked twice: remove one line", name)
	}
	l.sums[name] = strings.ToLower(sum)
	return nil
}

// locked returns the sum of a plugin.
func (l *Lock) locked(name string) (string, bool) {
	if sum, ok := l.sums[name]; ok || runtime.GOOS != "windows" {
		return sum, ok
	}
	for other, sum := range l.sums {
		if strings.EqualFold(other, name) {
			return sum, true
		}
	}
	return "", false
}

// check compares a file with the lock.
func (l *Lock) check(path string, sum func(path string) (string, error)) error {
	name, err := l.name(path)
	if err != nil {
		return fmt.Errorf("verify %s: %w", path, err)
	}
	want, ok := l.locked(name)
	if !ok {
		return fmt.Errorf("verify %s: %w %s, which has no line for %s", path, ErrNotLocked, l.path, name)
	}
	got, err := sum(path)
	if err != nil {
		return fmt.Errorf("verify %s: %w", path, err)
	}
	if got != want {
		return fmt.Errorf("verify %s: %w: its SHA-256 is %s, and %s says %s", path, plugin.ErrChecksumsDoNotMatch, got, l.path, want)
	}
	return nil
}

// sumAt returns the SHA-256 of a file.
func sumAt(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	return sumOf(file)
}

func sumOf(file *os.File) (string, error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// replaceFile writes a file of its own and renames it.
func replaceFile(path, text string) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write the lock file: %w", err)
	}
	_, err = file.WriteString(text)
	err = cmp.Or(err, file.Chmod(0o644), file.Sync())
	err = cmp.Or(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("write the lock file %s: %w", path, err)
	}
	return nil
}
