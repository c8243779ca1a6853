package scaffold

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func planOf(paths ...string) *Plan {
	p := &Plan{}
	for _, path := range paths {
		p.add(path, []byte(path))
	}
	return p
}

// entries returns what a directory holds.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestWriteAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := planOf("x.txt", "y/z.txt", ".hidden").Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(entries(t, dir), " "); got != ".hidden x.txt y" {
		t.Errorf("got %q", got)
	}
	content, err := os.ReadFile(filepath.Join(dir, "y", "z.txt"))
	if err != nil || string(content) != "y/z.txt" {
		t.Errorf("got %q, %v", content, err)
	}
}

// A plan that cannot be written leaves nothing, not even the directories that it made.
func TestWriteNothingOnError(t *testing.T) {
	// x is a file and a directory at once: the second write fails.
	impossible := planOf("x", "x/y")
	t.Run("new directory", func(t *testing.T) {
		parent := t.TempDir()
		if err := impossible.Write(t.Context(), filepath.Join(parent, "a", "b")); err == nil {
			t.Fatal("an impossible plan was written")
		}
		if left := entries(t, parent); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
	t.Run("empty directory", func(t *testing.T) {
		dir := t.TempDir()
		if err := impossible.Write(t.Context(), dir); err == nil {
			t.Fatal("an impossible plan was written")
		}
		if left := entries(t, dir); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// Ctrl-C cancels the context: nothing may be left then.
func TestWriteNothingWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	parent := t.TempDir()
	err := planOf("x", "y").Write(ctx, filepath.Join(parent, "a"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if left := entries(t, parent); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestWriteIntoFullDirectory(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := planOf("x").Write(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "(a, b, c, d, e, and 2 more)") {
		t.Errorf("got %v, want a list of what is in the way", err)
	}
}
