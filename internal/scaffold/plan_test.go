package scaffold

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
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

func TestApplyAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if _, err := planOf("x.txt", "y/z.txt", ".hidden").Apply(t.Context(), dir); err != nil {
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

// impossible needs x as a file and as a directory at once.
func impossible() *Plan { return planOf("a", "x", "x/y") }

// A plan that cannot be written leaves nothing, not even the directories that it made.
func TestApplyNothingOnError(t *testing.T) {
	t.Run("new directory", func(t *testing.T) {
		parent := t.TempDir()
		if _, err := impossible().Apply(t.Context(), filepath.Join(parent, "a", "b")); err == nil {
			t.Fatal("an impossible plan was written")
		}
		if left := entries(t, parent); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
	t.Run("empty directory", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := impossible().Apply(t.Context(), dir); err == nil {
			t.Fatal("an impossible plan was written")
		}
		if left := entries(t, dir); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

// A change that fails after others were made takes them back: what was replaced and removed is there again.
func TestApplyTakesBack(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, map[string]string{"a": "old a", "gone/b": "old b", "z/keep": "kept"})
	plan := planOf("a", "new/c")
	plan.Force()
	plan.Removed = []string{"gone/b", "not-there"}
	if _, err := plan.Apply(t.Context(), dir); err == nil {
		t.Fatal("a file that is not there was removed")
	}
	if got := strings.Join(entries(t, dir), " "); got != "a gone z" {
		t.Errorf("left behind: %q", got)
	}
	checkTree(t, dir, map[string]string{"a": "old a", "gone/b": "old b", "z/keep": "kept"})
}

func TestApplyUpdatesAndRemoves(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, map[string]string{"a": "old a", "same": "same", "gone/deep/b": "old b"})
	plan := planOf("a", "new/c", "same")
	plan.Force()
	plan.Removed = []string{"gone/deep/b"}
	changes, err := plan.Apply(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{{Update, "a"}, {Create, "new/c"}, {Remove, "gone/deep/b"}}
	if !slices.Equal(changes, want) {
		t.Errorf("got changes %v, want %v", changes, want)
	}
	checkTree(t, dir, map[string]string{"a": "a", "new/c": "new/c", "same": "same"})
	if got := strings.Join(entries(t, dir), " "); got != "a new same" {
		t.Errorf("the directory holds %q", got)
	}
}

// What a person may have written is not overwritten, and the error lists all of it.
func TestApplyConflicts(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, map[string]string{"a": "mine", "b": "mine, too"})
	_, err := planOf("a", "b", "c").Apply(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "a, b (--force overwrites them)") {
		t.Errorf("got %v, want an error that lists a and b", err)
	}
	if got := strings.Join(entries(t, dir), " "); got != "a b" {
		t.Errorf("the directory holds %q", got)
	}
	checkTree(t, dir, map[string]string{"a": "mine", "b": "mine, too"})
}

func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func checkTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || string(got) != want {
			t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
		}
	}
}

// Ctrl-C cancels the context: nothing may be left then.
func TestApplyNothingWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	parent := t.TempDir()
	_, err := planOf("x", "y").Apply(ctx, filepath.Join(parent, "a"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if left := entries(t, parent); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestCheckEmpty(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := CheckEmpty(dir)
	if err == nil || !strings.Contains(err.Error(), "(a, b, c, d, e, and 2 more)") {
		t.Errorf("got %v, want a list of what is in the way", err)
	}
}
