package inspect

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ProjectCookies returns the magic cookies that the Go code of a project has in its HandshakeConfigs, generated or
// hand-written; those of the packages that it imports, if it has none itself. The project is the module or the workspace
// around dir; without one, there are no cookies. Files that cannot be read or parsed are passed over.
func ProjectCookies(ctx context.Context, dir string) []Cookie {
	root := projectRoot(dir)
	if root == "" {
		return nil
	}
	if cookies := treeCookies(ctx, root); len(cookies) > 0 {
		return cookies
	}
	var cookies []Cookie
	for _, dir := range importedDirs(ctx, root) {
		cookies = append(cookies, packageCookies(dir, dir)...)
	}
	return cookies
}

// treeCookies returns the cookies in a directory and those below.
func treeCookies(ctx context.Context, root string) []Cookie {
	var cookies []Cookie
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case !entry.IsDir():
			return ctx.Err()
		case path != root && passedOver(entry.Name()):
			return fs.SkipDir
		}
		cookies = append(cookies, packageCookies(root, path)...)
		return ctx.Err()
	})
	return cookies
}

// passedOver reports whether a directory holds no code of a project: the go command does not look into most of these.
func passedOver(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules"
}

// projectRoot returns the directory of the go.work or, if there is none, of the go.mod above dir; or nothing.
func projectRoot(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	module := ""
	for {
		if isFile(filepath.Join(dir, "go.work")) {
			return dir
		}
		if module == "" && isFile(filepath.Join(dir, "go.mod")) {
			module = dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return module
		}
		dir = parent
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// importedDirs returns the directories of all packages outside of the standard library that a module imports. The plugin
// of an SDK that others publish has its handshake there.
func importedDirs(ctx context.Context, root string) []string {
	list := exec.CommandContext(ctx, "go", "list", "-e", "-deps", "-f", "{{if not .Standard}}{{.Dir}}{{end}}", "./...")
	list.Dir = root
	output, err := list.Output()
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(output)), "\n")
}
