package scaffold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Plan is what a command does to a project, in memory: every file, before anything is written.
type Plan struct {
	Files   []File   // to be there in the end, sorted by path
	Removed []string // to be gone in the end
	Notes   []string // what the user must know
	Next    []string // the commands that a user types next
}

// File is one file of a project.
type File struct {
	Path    string // relative to the project, with slashes
	Content []byte
	Replace bool // whether another file of that path may be overwritten: no person wrote it
}

// A Change is what a plan does to one file.
type Change struct {
	Action Action `json:"action"`
	Path   string `json:"path"`
}

// Action is a kind of change.
type Action string

// The kinds of changes. A Conflict is a file that the plan would overwrite and must not.
const (
	Create   Action = "create"
	Update   Action = "update"
	Remove   Action = "remove"
	Conflict Action = "conflict"
)

// Has reports whether a file is planned.
func (p *Plan) Has(path string) bool {
	return slices.ContainsFunc(p.Files, func(f File) bool { return f.Path == path })
}

func (p *Plan) add(path string, content []byte) { p.addFile(File{Path: path, Content: content}) }

// replace adds new content of a file that is there: what a person wrote with what is added to it.
func (p *Plan) replace(path string, content []byte) {
	p.addFile(File{Path: path, Content: content, Replace: true})
}

func (p *Plan) addFile(f File) {
	p.Files = append(p.Files, f)
	slices.SortFunc(p.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}

// Changes compares the plan with the files in dir. Files that are as planned are left out.
func (p *Plan) Changes(dir string) ([]Change, error) {
	var changes []Change
	for i, f := range p.Files {
		if i > 0 && p.Files[i-1].Path == f.Path {
			return nil, fmt.Errorf("two files are planned at %s", f.Path)
		}
		old, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes = append(changes, Change{Create, f.Path})
		case err != nil:
			return nil, err
		case bytes.Equal(old, f.Content):
		case f.Replace:
			changes = append(changes, Change{Update, f.Path})
		default:
			changes = append(changes, Change{Conflict, f.Path})
		}
	}
	for _, path := range p.Removed {
		changes = append(changes, Change{Remove, path})
	}
	return changes, nil
}

// Force allows the plan to overwrite every file.
func (p *Plan) Force() {
	for i := range p.Files {
		p.Files[i].Replace = true
	}
}

// Apply brings dir to what the plan says, and returns what it changed. It makes all changes or none: on an error, or
// when ctx is cancelled, everything is as it was before.
func (p *Plan) Apply(ctx context.Context, dir string) ([]Change, error) {
	changes, err := p.Changes(dir)
	if err != nil {
		return nil, err
	}
	if err := conflicts(changes); err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return nil, nil
	}
	contents := map[string][]byte{}
	for _, f := range p.Files {
		contents[f.Path] = f.Content
	}
	return changes, write(ctx, dir, changes, contents)
}

// conflicts returns an error that lists the conflicts among changes.
func conflicts(changes []Change) error {
	var paths []string
	for _, c := range changes {
		if c.Action == Conflict {
			paths = append(paths, c.Path)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	return fmt.Errorf("these files exist and may hold work of a person, nothing is changed: %s (--force overwrites them)", strings.Join(paths, ", "))
}

// CheckEmpty refuses a directory that holds anything, and says what. One that does not exist is empty.
func CheckEmpty(dir string) error {
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
	return fmt.Errorf("directory %s is not empty (%s): choose another with --dir, empty it, or write into it with --force", dir, strings.Join(names, ", "))
}
