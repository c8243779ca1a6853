package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Plan is a project in memory: every file, before anything is written.
type Plan struct {
	Files []File // sorted by path
	Notes []string
}

// File is one file of a project.
type File struct {
	Path    string // relative to the project, with slashes
	Content []byte
}

func (p *Plan) add(path string, content []byte) {
	p.Files = append(p.Files, File{Path: path, Content: content})
	slices.SortFunc(p.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}

// Write writes the project into dir, which must not exist or be empty. It writes all files or none: on an error, or
// when ctx is cancelled, it removes what it made.
func (p *Plan) Write(ctx context.Context, dir string) (err error) {
	if err := checkEmpty(dir); err != nil {
		return err
	}
	made, err := makeDir(dir)
	if err != nil {
		return fmt.Errorf("create project directory: %w", err)
	}
	var moved []string
	staging, err := os.MkdirTemp(dir, ".goplugin-new-*")
	defer func() {
		if staging != "" {
			err = errors.Join(err, os.RemoveAll(staging))
		}
		if err != nil {
			removeAll(append(moved, made...))
		}
	}()
	if err != nil {
		return fmt.Errorf("project directory is not writable: %w", err)
	}
	for _, f := range p.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(staging, filepath.FromSlash(f.Path)), f.Content); err != nil {
			return err
		}
	}
	moved, err = moveEntries(staging, dir)
	return err
}

// checkEmpty refuses a directory that holds anything, and says what.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look into project directory: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	const most = 5
	var names []string
	for _, e := range entries[:min(most, len(entries))] {
		names = append(names, e.Name())
	}
	if len(entries) > most {
		names = append(names, fmt.Sprintf("and %d more", len(entries)-most))
	}
	return fmt.Errorf("directory %s is not empty (%s): choose another with --dir, or empty it", dir, strings.Join(names, ", "))
}

// makeDir creates a directory and its parents, and returns those that it created, innermost first.
func makeDir(dir string) ([]string, error) {
	var missing []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || d == filepath.Dir(d) {
			break
		}
		missing = append(missing, d)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		removeAll(missing)
		return nil, err
	}
	return missing, nil
}

func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// moveEntries moves what is in from to dir, and returns what it moved, also on an error.
func moveEntries(from, dir string) ([]string, error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, err
	}
	var moved []string
	for _, e := range entries {
		to := filepath.Join(dir, e.Name())
		if err := os.Rename(filepath.Join(from, e.Name()), to); err != nil {
			return moved, err
		}
		moved = append(moved, to)
	}
	return moved, nil
}

// removeAll removes paths that this run created. It is the way back from an error, which is reported already.
func removeAll(paths []string) {
	for _, path := range paths {
		_ = os.RemoveAll(path)
	}
}
