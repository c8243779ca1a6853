package scaffold

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/goplugin-dev/goplugin/internal/version"
)

// A generator is how a project comes by goplugin.
type generator struct {
	release string // of the running binary; empty for a development build
	source  string // the source tree of a development build, as the project's files name it
	note    string // what the user must know about it
}

// findGenerator returns the generator of the running binary's own release. A development build has none that others
// could download, so its projects run the generator from its source tree. dir is the directory of the project; empty
// where it is not known.
func findGenerator(dir string) (generator, error) {
	if release := version.Release(); release != version.Devel {
		return generator{release: release}, nil
	}
	_, file, _, _ := runtime.Caller(0)
	return develGenerator(filepath.Dir(filepath.Dir(filepath.Dir(file))), dir)
}

// develGenerator returns the generator in the source tree at root.
func develGenerator(root, dir string) (generator, error) {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || modfile.ModulePath(data) != version.Module {
		return generator{}, fmt.Errorf("this is a development build of goplugin-new without its source tree at %s: install a release with \"go install %s/cmd/goplugin-new@latest\"", root, version.Module)
	}
	source, err := sourceFrom(root, dir)
	return generator{
		source: source,
		note:   fmt.Sprintf("This is a development build of goplugin-new: go.mod and buf.gen.yaml take goplugin from %s.", root),
	}, err
}

// sourceFrom returns how files in dir name the source tree at root: inside of it relative, so that they mean the same in
// every checkout.
func sourceFrom(root, dir string) (string, error) {
	if dir == "" {
		return filepath.ToSlash(root), nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	from, to := resolve(dir), resolve(root)
	if below, err := filepath.Rel(to, from); err != nil || below == "." || !filepath.IsLocal(below) {
		return filepath.ToSlash(root), nil
	}
	up, err := filepath.Rel(from, to)
	return filepath.ToSlash(up), err
}

// resolve returns where a path leads that need not exist yet: ".." means another directory behind a symbolic link.
func resolve(path string) string {
	for existing := path; existing != filepath.Dir(existing); existing = filepath.Dir(existing) {
		if real, err := filepath.EvalSymlinks(existing); err == nil {
			return filepath.Join(real, strings.TrimPrefix(path, existing))
		}
	}
	return path
}

// below returns the generator as files in a directory of the project name it; "." is the project itself.
func (g generator) below(dir string) generator {
	if strings.HasPrefix(g.source, "..") && dir != "." {
		g.source = strings.Repeat("../", strings.Count(dir, "/")+1) + g.source
	}
	return g
}

// command returns protoc-gen-goplugin, as a list in YAML.
func (g generator) command() string {
	const pkg = "cmd/protoc-gen-goplugin"
	if g.release != "" {
		return "go, run, " + version.Module + "/" + pkg + "@" + g.release
	}
	return fmt.Sprintf("go, run, -C, %q, ./%s", g.source, pkg)
}

// scaffolder returns goplugin-new, as a shell takes it.
func (g generator) scaffolder() string {
	if g.release != "" {
		return "go run " + version.Module + "/cmd/goplugin-new@" + g.release
	}
	return fmt.Sprintf("go run -C %q ./cmd/goplugin-new", g.source)
}

// required returns the version of goplugin in go.mod. That of a development build is no particular one.
func (g generator) required() string { return cmp.Or(g.release, module.ZeroPseudoVersion("v0")) }

// replacement returns the directory that stands for goplugin in go.mod; empty for a release.
func (g generator) replacement() string {
	if g.source == "" {
		return ""
	}
	return modfile.AutoQuote(g.source)
}
