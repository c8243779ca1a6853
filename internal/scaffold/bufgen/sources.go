package bufgen

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"
)

// sources are the .proto files of a project. It is the file system in which they and their imports are looked up.
type sources struct {
	roots []string          // directories, searched in order
	files map[string]string // of those to generate: the path on this machine by the path in imports
	deps  []string          // modules of a registry, which only buf can fetch
	added fstest.MapFS      // files that are not on disk yet
}

// findSources returns the .proto files of the inputs of a project in dir.
func findSources(dir string, inputs []input) (*sources, error) {
	if len(inputs) == 0 {
		inputs = []input{{Directory: "."}}
	}
	s := &sources{files: map[string]string{}}
	for _, in := range inputs {
		if in.Directory == "" {
			return nil, fmt.Errorf("%s: an input is no directory, which needs buf itself: run \"buf generate\"", filepath.Join(dir, TemplateFile))
		}
		if err := s.addInput(dir, in); err != nil {
			return nil, err
		}
	}
	if len(s.files) == 0 {
		return nil, fmt.Errorf("no .proto files in %s: expected some in the modules of %s", strings.Join(s.roots, ", "), WorkspaceFile)
	}
	return s, nil
}

// addInput adds a directory: a workspace, whose modules it takes, or one module of dir's workspace.
func (s *sources) addInput(dir string, in input) error {
	input := filepath.FromSlash(in.Directory)
	excluded := func(file string) (bool, error) {
		name, err := slashRel(dir, file)
		return isBelow(name, in.Excludes), err
	}
	own, err := readWorkspace(dir)
	if err != nil {
		return err
	}
	for _, m := range own.Modules {
		if filepath.Clean(filepath.FromSlash(m.Path)) == filepath.Clean(input) {
			return s.addWorkspace(dir, own, m.Path, excluded)
		}
	}
	workspaceDir := filepath.Join(dir, input)
	w, err := readWorkspace(workspaceDir)
	if err != nil {
		return err
	}
	return s.addWorkspace(workspaceDir, w, "", excluded)
}

// addWorkspace adds the files of one module, or of all for "". The others, and those that are excluded, are there to be
// imported.
func (s *sources) addWorkspace(dir string, w workspace, only string, excluded func(file string) (bool, error)) error {
	s.deps = append(s.deps, w.Deps...)
	for _, m := range w.Modules {
		root := filepath.Join(dir, filepath.FromSlash(m.Path))
		s.roots = append(s.roots, root)
		if only != "" && only != m.Path {
			continue
		}
		if err := s.addModule(dir, root, m, excluded); err != nil {
			return fmt.Errorf("module %s of %s: %w", m.Path, filepath.Join(dir, WorkspaceFile), err)
		}
	}
	return nil
}

func (s *sources) addModule(dir, root string, m module, excluded func(file string) (bool, error)) error {
	return filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".proto" {
			return err
		}
		if out, err := excluded(file); out || err != nil {
			return err
		}
		inWorkspace, err := slashRel(dir, file)
		if err != nil {
			return err
		}
		if isBelow(inWorkspace, m.Excludes) || len(m.Includes) > 0 && !isBelow(inWorkspace, m.Includes) {
			return nil
		}
		name, err := slashRel(root, file)
		if err != nil {
			return err
		}
		if other, twice := s.files[name]; twice && other != file {
			return fmt.Errorf("%s and %s have the same path in imports, %s", other, file, name)
		}
		s.files[name] = file
		return nil
	})
}

// slashRel returns a path relative to a directory, with slashes.
func slashRel(dir, file string) (string, error) {
	rel, err := filepath.Rel(dir, file)
	return filepath.ToSlash(rel), err
}

// isBelow reports whether a file is in one of the directories.
func isBelow(file string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		dir = path.Clean(dir)
		return dir == "." || file == dir || strings.HasPrefix(file, dir+"/")
	})
}

// add adds files that are not on disk yet, by their paths in imports.
func (s *sources) add(files map[string]string) {
	s.added = fstest.MapFS{}
	for name, content := range files {
		s.added[name] = &fstest.MapFile{Data: []byte(content)}
		s.files[name] = name
	}
}

// Open opens a .proto file by its path in imports.
func (s *sources) Open(name string) (fs.File, error) {
	if _, ok := s.added[name]; ok {
		return s.added.Open(name)
	}
	for _, root := range s.roots {
		file, err := os.Open(filepath.Join(root, filepath.FromSlash(name)))
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// groups returns the files that a generator gets in one run each: those of one directory, or all.
func (s *sources) groups(strategy string) [][]string {
	byDir := map[string][]string{}
	for name := range s.files {
		key := path.Dir(name)
		if strategy == "all" {
			key = ""
		}
		byDir[key] = append(byDir[key], name)
	}
	var groups [][]string
	for _, files := range byDir {
		slices.Sort(files)
		groups = append(groups, files)
	}
	slices.SortFunc(groups, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return groups
}

// located returns an error with paths on this machine, and with what to do about imports that are in no module.
func (s *sources) located(err error) error {
	if err == nil {
		return nil
	}
	lines := strings.Split(Located(err, func(name string) string { return s.files[name] }).Error(), "\n")
	for i, line := range lines {
		if len(s.deps) > 0 && strings.Contains(line, "file does not exist") {
			lines[i] += fmt.Sprintf(" (only buf can fetch the deps of %s, %s: run \"buf generate\")", WorkspaceFile, strings.Join(s.deps, ", "))
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

// Located returns an error of the compiler or a generator with the path on this machine in front of each line that
// begins with a path in imports. find returns that path, or "" where it knows none.
func Located(err error, find func(name string) string) error {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		name, rest, _ := strings.Cut(line, ":")
		if file := find(name); file != "" {
			lines[i] = file + ":" + rest
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}
