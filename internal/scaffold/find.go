package scaffold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/scaffold/bufgen"
)

// A searchPath is the directories in which .proto files are looked up, in order.
type searchPath []string

// FindAPI returns the API of .proto files, given by their paths; a directory stands for all files with services below it.
// Imports are looked up in the directories of dirs, by default in the nearest one above the files in which most of them are
// found, and in the current one.
func FindAPI(files, dirs []string) (*API, error) {
	protos, err := expand(files)
	if err != nil {
		return nil, err
	}
	search := searchPath(dirs)
	if len(search) == 0 {
		search = slices.Compact(searchPath{importRoot(protos), "."})
	}
	api := &API{Sources: search, search: search}
	for _, proto := range protos {
		name, err := search.nameOf(proto.path)
		if err != nil {
			return nil, err
		}
		api.Files = append(api.Files, name)
	}
	return api, nil
}

// A protoFile is a .proto file on this machine.
type protoFile struct {
	path string
	compile.Header
}

// expand returns .proto files, with those that declare a service in place of the directories above them.
func expand(paths []string) ([]protoFile, error) {
	var files []protoFile
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("--proto %s: %w", path, err)
		}
		if !info.IsDir() {
			file, err := readProto(path)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
			continue
		}
		below, err := protosBelow(path)
		if err != nil {
			return nil, err
		}
		files = append(files, below...)
	}
	return files, nil
}

// protosBelow returns the .proto files below a directory that declare a service.
func protosBelow(dir string) ([]protoFile, error) {
	var files []protoFile
	others := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != dir && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".proto":
			return nil
		}
		file, err := readProto(path)
		if file.Services {
			files = append(files, file)
		} else {
			others++
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("--proto %s: expected a .proto file that declares a service, found %d .proto files without one", dir, others)
	}
	return files, err
}

func readProto(path string) (protoFile, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return protoFile{}, err
	}
	return protoFile{path, compile.ReadHeader(path, content)}, nil
}

// importRoot returns the directory that the paths in imports begin at: of those above all of the files the one in which
// most of what they import is found. Among several it is that of their package's name, or else the nearest.
func importRoot(files []protoFile) string {
	const levels = 16 // deeper trees are given with --proto-path
	var candidates []string
	if root, ok := packageRoot(files[0]); ok {
		candidates = append(candidates, root)
	}
	dir := filepath.Dir(files[0].path)
	for range levels {
		candidates = append(candidates, dir)
		dir = filepath.Join(dir, "..")
	}
	best, most := candidates[0], -1
	for _, dir := range candidates {
		if found := importsIn(dir, files); found > most && holdsAll(dir, files) {
			best, most = dir, found
		}
	}
	return best
}

// packageRoot returns the directory that the one of a file stands in by the name of its package, if it does: api for
// package acme.kv.v1 in api/acme/kv/v1. A package of one word is often one in name only.
func packageRoot(file protoFile) (string, bool) {
	absolute, err := filepath.Abs(filepath.Dir(file.path))
	words := strings.Split(file.Package, ".")
	if err != nil || len(words) < 2 || !strings.HasSuffix(absolute, string(filepath.Separator)+filepath.Join(words...)) {
		return "", false
	}
	return filepath.Join(filepath.Dir(file.path), strings.Repeat("../", len(words))), true
}

// holdsAll reports whether all files are below a directory.
func holdsAll(dir string, files []protoFile) bool {
	return !slices.ContainsFunc(files, func(file protoFile) bool {
		_, err := searchPath{dir}.nameOf(file.path)
		return err != nil
	})
}

// importsIn returns how many imports of the files are found in a directory, or in the current one.
func importsIn(dir string, files []protoFile) int {
	search, found := searchPath{dir, "."}, 0
	for _, file := range files {
		for _, name := range file.Imports {
			if opened, err := search.Open(name); err == nil {
				opened.Close()
				found++
			}
		}
	}
	return found
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
