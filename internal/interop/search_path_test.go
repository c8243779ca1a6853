package interop

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// An include is a directory of a module in which imports are looked up, as protoc's option -I names one.
type include struct {
	module string // default: that of the tree
	dir    string // in the module; default: all of it
	as     string // what stands before the names of the files in imports; default: nothing
}

// A searchPath is the directories of includes, in the order in which they are searched.
type searchPath []directory

type directory struct {
	path string // on this machine
	as   string // as in include
}

// newSearchPath downloads the modules of a tree's includes. The root of the tree's own module comes last.
func newSearchPath(t *testing.T, module string, includes []include) searchPath {
	t.Helper()
	var s searchPath
	for _, i := range append(includes, include{}) {
		root := download(t, cmp.Or(i.module, module))
		s = append(s, directory{filepath.Join(root, filepath.FromSlash(i.dir)), i.as})
	}
	return s
}

// Open opens a file by the name that imports have for it.
func (s searchPath) Open(name string) (fs.File, error) {
	for _, d := range s {
		rest, found := strings.CutPrefix(name, d.as)
		if !found {
			continue
		}
		file, err := os.Open(filepath.Join(d.path, filepath.FromSlash(rest)))
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// nameOf returns the name that imports have for a file: that below the first directory that holds it.
func (s searchPath) nameOf(file string) string {
	for _, d := range s {
		if rest, err := filepath.Rel(d.path, file); err == nil && filepath.IsLocal(rest) {
			return path.Join(d.as, filepath.ToSlash(rest))
		}
	}
	return file
}
