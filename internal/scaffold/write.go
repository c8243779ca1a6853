package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// A transaction changes files of a directory and can take all of it back. New contents are staged inside the directory,
// so that each change is a rename.
type transaction struct {
	dir     string
	staging string
	undo    []func() error // in the order of the changes
}

// write makes changes in dir, all or none.
func write(ctx context.Context, dir string, changes []Change, contents map[string][]byte) (err error) {
	made, err := makeDir(dir)
	if err != nil {
		return fmt.Errorf("create project directory: %w", err)
	}
	t := &transaction{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.rollBack())
		}
		if t.staging != "" {
			err = errors.Join(err, os.RemoveAll(t.staging))
		}
		if err != nil {
			removeDirs(made)
		}
	}()
	if t.staging, err = os.MkdirTemp(dir, ".goplugin-new-*"); err != nil {
		return fmt.Errorf("project directory is not writable: %w", err)
	}
	if err := t.stage(ctx, contents, changes); err != nil {
		return err
	}
	return t.commit(ctx, changes)
}

// stage writes the new contents beside the project's files.
func (t *transaction) stage(ctx context.Context, contents map[string][]byte, changes []Change) error {
	for _, c := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.Action == Remove {
			continue
		}
		path := t.staged("new", c.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, contents[c.Path], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// commit moves old files out of the way and new ones to their places.
func (t *transaction) commit(ctx context.Context, changes []Change) error {
	for _, c := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.change(c); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if c.Action == Remove {
			t.removeEmpty(filepath.Dir(filepath.FromSlash(c.Path)))
		}
	}
	return nil
}

func (t *transaction) change(c Change) error {
	path := filepath.Join(t.dir, filepath.FromSlash(c.Path))
	if c.Action != Create {
		if err := t.move(path, t.staged("old", c.Path)); err != nil {
			return err
		}
	}
	if c.Action != Remove {
		return t.move(t.staged("new", c.Path), path)
	}
	return nil
}

// move renames a file, whose new parents it makes.
func (t *transaction) move(from, to string) error {
	made, err := makeDir(filepath.Dir(to))
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(made) {
		t.undo = append(t.undo, func() error { return os.Remove(d) })
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	t.undo = append(t.undo, func() error { return os.Rename(to, from) })
	return nil
}

// removeEmpty removes directories that are empty now, from one of the project's upwards. One that is not stays, and
// that is no failure.
func (t *transaction) removeEmpty(dir string) {
	for ; dir != "."; dir = filepath.Dir(dir) {
		if os.Remove(filepath.Join(t.dir, dir)) != nil {
			return
		}
	}
}

// staged returns the path at which a file of the project is staged.
func (t *transaction) staged(kind, path string) string {
	return filepath.Join(t.staging, kind, filepath.FromSlash(path))
}

// rollBack takes the changes back, the last one first.
func (t *transaction) rollBack() error {
	var errs []error
	for _, undo := range slices.Backward(t.undo) {
		errs = append(errs, undo())
	}
	return errors.Join(errs...)
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
		removeDirs(missing)
		return nil, err
	}
	return missing, nil
}

// removeDirs removes directories that this run made and that are empty. It is the way back from an error, which is
// reported already.
func removeDirs(dirs []string) {
	for _, d := range dirs {
		_ = os.Remove(d)
	}
}
