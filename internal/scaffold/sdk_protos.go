package scaffold

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// SDKAPI returns the API of a Go package of an SDK, for a plugin in another language: the .proto files that its code was
// generated from, which the module of the SDK must hold. The SDK is given as for Alone; goPackage is the package, if there are
// several.
func SDKAPI(ctx context.Context, given, goPackage string) (*API, error) {
	found, err := findSDK(ctx, given)
	if err != nil {
		return nil, err
	}
	pkg, err := found.choose(goPackage)
	if err != nil {
		return nil, err
	}
	var files, roots []string
	for _, source := range pkg.Sources {
		root, err := found.rootOf(source)
		if err != nil {
			return nil, err
		}
		files = append(files, filepath.Join(root, filepath.FromSlash(source)))
		if !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	return FindAPI(files, roots)
}

// rootOf returns the directory of a module in which a .proto file has its path in imports; of several, that with the
// shortest path.
func (m *sdkModule) rootOf(source string) (string, error) {
	var roots []string
	err := filepath.WalkDir(m.Dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if root, ok := strings.CutSuffix(filepath.ToSlash(file), "/"+source); ok && !entry.IsDir() {
			roots = append(roots, filepath.FromSlash(root))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if len(roots) == 0 {
		return "", fmt.Errorf("SDK %s: expected the file %s, which its Go code was generated from, found none: give it with --proto in place of --sdk", m, source)
	}
	return slices.MinFunc(roots, func(a, b string) int { return len(a) - len(b) }), nil
}
