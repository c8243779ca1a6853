package scaffold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/scaffold/bufgen"
)

// A searchPath is the directories in which .proto files are looked up, in order.
type searchPath []string

// FindAPI returns the API of .proto files, given by their paths. Imports are looked up in the directories of dirs, by
// default in that of the first file and in the current one.
func FindAPI(files, dirs []string) (*API, error) {
	search := searchPath(dirs)
	if len(search) == 0 {
		search = searchPath{filepath.Dir(files[0]), "."}
	}
	api := &API{Sources: search, search: search}
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("--proto %s: %w", file, err)
		}
		name, err := search.nameOf(file)
		if err != nil {
			return nil, err
		}
		api.Files = append(api.Files, name)
	}
	return api, nil
}

// Compile compiles the files of an API that FindAPI found, and those that they import. Its error holds every mistake in them.
func (a *API) Compile(ctx context.Context) (*pluginpb.CodeGeneratorRequest, error) {
	request, err := compile.Request(ctx, a.Sources, a.Files, "")
	if err != nil {
		return nil, a.search.located(err)
	}
	return request, nil
}

// Open opens a file by its path in imports.
func (s searchPath) Open(name string) (fs.File, error) {
	for _, dir := range s {
		file, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// located returns an error with paths on this machine, and with what to do about imports that are not found.
func (s searchPath) located(err error) error {
	err = bufgen.Located(err, func(name string) string {
		for _, dir := range s {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				return file
			}
		}
		return ""
	})
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		if strings.Contains(line, "file does not exist") {
			lines[i] += fmt.Sprintf(" (searched %s: name the directory above it with --proto-path; \"buf export MODULE -o DIR\" fetches what a buf.yaml has among its deps)", strings.Join(s, ", "))
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

// nameOf returns the path of a file in imports: that below the first directory which holds it.
func (s searchPath) nameOf(file string) (string, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	for _, dir := range s {
		root, err := filepath.Abs(dir)
		if err != nil {
			return "", err
		}
		if rel, err := filepath.Rel(root, absolute); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel), nil
		}
	}
	return "", fmt.Errorf("--proto %s: is in none of the directories that are searched for imports (%s): name one above it with --proto-path",
		file, strings.Join(s, ", "))
}
