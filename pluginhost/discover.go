package pluginhost

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Reasons why Discover passes over a file, for errors.Is.
var (
	// ErrNotRegular says that it is a directory, a socket or the like.
	ErrNotRegular = errors.New("not a regular file")
	// ErrNotExecutable says that nobody may execute it, or on Windows that its name does not end in .exe.
	ErrNotExecutable = errors.New("not executable")
	// ErrWritableByOthers says that every user can change what would run.
	ErrWritableByOthers = errors.New("writable by every user")
)

// A Found is a plugin that Discover found.
type Found struct {
	Path   string // absolute
	Target string // the file itself, where Path is a symbolic link or below one
}

// A PassedOver is a file with a name that Discover looked for and does not offer. It is an error that says why.
type PassedOver struct {
	Path string // absolute
	Why  error
}

// Error returns the path and the reason.
func (p *PassedOver) Error() string { return fmt.Sprintf("%s: passed over: %v", p.Path, p.Why) }

// Unwrap returns the reason.
func (p *PassedOver) Unwrap() error { return p.Why }

// Discover returns the plugins in a directory whose names match a pattern of filepath.Match, and the files that match
// and are passed over, both sorted by name. It does not look into subdirectories. A directory that begins with ~ and a
// slash, or is ~, begins with the user's home directory. The error says that the directory cannot be read, or that the
// pattern is malformed or has a slash.
//
// Offered are executable regular files. Symbolic links are followed, and Found.Target says where to. On Windows, a plugin
// is a file whose name ends in .exe, which the pattern may leave out, and upper and lower case are the same.
//
// Every file that is offered may run with the rights of the host. So on Unix, what other users could have put there is
// passed over: a file that everybody can write, one in a directory that everybody can write, or below one; with the
// sticky bit (as /tmp has it) such a directory will do, if file and subdirectory belong to the user or to root. That
// holds for a link and for what it leads to. Groups are trusted. On Windows, access control lists are not looked at.
// Discover says what it saw: use WithLock to start no other bytes than you mean to.
func Discover(dir, pattern string) (found []Found, passedOver []*PassedOver, err error) {
	if strings.ContainsAny(pattern, `/`+string(filepath.Separator)) {
		return nil, nil, fmt.Errorf("discover plugins: the pattern %q has a directory: expected one for names of files", pattern)
	}
	dir, err = absolute(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("discover plugins: %w", err)
	}
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return nil, nil, fmt.Errorf("discover plugins: %w", err)
	}
	for _, entry := range entries {
		match, err := matchName(pattern, entry.Name())
		if err != nil {
			return nil, nil, fmt.Errorf("discover plugins: pattern %q: %w", pattern, err)
		}
		if !match {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		plugin, err := inspect(path)
		if err != nil {
			passedOver = append(passedOver, &PassedOver{Path: path, Why: err})
			continue
		}
		found = append(found, plugin)
	}
	return found, passedOver, nil
}

// absolute returns a directory with ~ expanded.
func absolute(dir string) (string, error) {
	rest, tilde := strings.CutPrefix(dir, "~")
	if tilde && (rest == "" || os.IsPathSeparator(rest[0])) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("expand %s: %w", dir, err)
		}
		dir = filepath.Join(home, rest)
	}
	return filepath.Abs(dir)
}

// inspect returns the plugin at a path, or why it is none.
func inspect(path string) (Found, error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Found{}, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return Found{}, err
	}
	if !info.Mode().IsRegular() {
		return Found{}, fmt.Errorf("%w: it is a %s", ErrNotRegular, kind(info.Mode()))
	}
	if err := checkExecutable(target, info); err != nil {
		return Found{}, err
	}
	for _, file := range append(chain(path), above(target)...) {
		if err := checkWritable(file); err != nil {
			return Found{}, err
		}
	}
	if target == path {
		target = ""
	}
	return Found{Path: path, Target: target}, nil
}

// chain returns what decides which bytes run: a file, the directories above it, and the same for each symbolic link
// among them. The links end somewhere: the caller has followed them.
func chain(path string) []string {
	var files []string
	for _, file := range above(path) {
		files = append(files, file)
		link, err := os.Readlink(file)
		if err != nil {
			continue // no link
		}
		if dir, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil && !filepath.IsAbs(link) {
			link = filepath.Join(dir, link)
		}
		files = append(files, chain(link)...)
	}
	return files
}

// above returns a path and those of the directories above it.
func above(path string) []string {
	files := []string{path}
	for parent := filepath.Dir(path); parent != path; parent = filepath.Dir(path) {
		files = append(files, parent)
		path = parent
	}
	return files
}

func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}
