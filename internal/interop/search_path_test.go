package interop

import (
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

// A searchPath is includes with the directories on this machine, in the order in which they are searched.
type searchPath []struct {
	dir, as string
}

// newSearchPath downloads the modules of includes.
func newSearchPath(t *testing.T, module string, includes []include) searchPath {
	t.Helper()
	path := searchPath{}
	for _, i := range append(includes, include{}) {
		if i.module == "" {
			i.module = module
		}
		path = append(path, struct{ dir, as string }{filepath.Join(download(t, i.module), filepath.FromSlash(i.dir)), i.as})
	}
	return path
}

// Open opens a file by the name that imports have for it.
func (s searchPath) Open(name string) (fs.File, error) {
	for _, include := range s {
		rest := strings.TrimPrefix(name, include.as)
		if rest == name && include.as != "" {
			continue
		}
		file, err := os.Open(filepath.Join(include.dir, filepath.FromSlash(strings.TrimPrefix(rest, "/"))))
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// nameOf returns the name that imports have for a file: that below the first include that holds it.
func (s searchPath) nameOf(file string) string {
	for _, include := range s {
		if rest, err := filepath.Rel(include.dir, file); err == nil && filepath.IsLocal(rest) {
			return path.Join(include.as, filepath.ToSlash(rest))
		}
	}
	return file
}
