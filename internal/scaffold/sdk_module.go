package scaffold

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// An sdkModule is the Go module of an SDK, on this machine.
type sdkModule struct {
	Path, Version string
	Dir           string // absolute
	Local         bool   // given as a directory, so that go.mod must replace it
}

// findSDK returns the SDK that is given as a module, with @VERSION or without for the latest, or as its directory.
func findSDK(ctx context.Context, given string) (*sdkModule, error) {
	if filepath.IsAbs(given) || strings.HasPrefix(filepath.ToSlash(given)+"/", "./") || strings.HasPrefix(filepath.ToSlash(given)+"/", "../") {
		return localSDK(given)
	}
	path, version, _ := strings.Cut(given, "@")
	if err := module.CheckPath(path); err != nil {
		return nil, fmt.Errorf("--sdk %s: expected the path of a Go module, such as github.com/you/greeter, or a directory, such as ./greeter: %w", given, err)
	}
	return downloadSDK(ctx, path, cmp.Or(version, "latest"))
}

// localSDK returns the SDK whose go.mod is in a directory.
func localSDK(dir string) (*sdkModule, error) {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("--sdk %s: expected the directory of a Go module: %w", dir, err)
	}
	path := modfile.ModulePath(text)
	if path == "" {
		return nil, fmt.Errorf("--sdk %s: its go.mod names no module", dir)
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	version := "v0.0.0" // of any, because go.mod replaces it
	if _, major, ok := module.SplitPathVersion(path); ok && major != "" {
		version = module.PathMajorPrefix(major) + ".0.0"
	}
	return &sdkModule{path, version, absolute, true}, nil
}

// downloadSDK lets the go command fetch an SDK.
func downloadSDK(ctx context.Context, path, version string) (*sdkModule, error) {
	found, err := downloadModule(ctx, path, version)
	if errors.Is(err, exec.ErrNotFound) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("download SDK: %w\n  to do: look whether that is the path of a Go module, not of a package in it, and whether it has this version"+
			"\n    or: for a private module, set GOPRIVATE, and see that git may fetch it (https://go.dev/ref/mod#private-modules)"+
			"\n    or: if it is not published yet, give its directory: --sdk ./DIR", err)
	}
	return &sdkModule{Path: found.Path, Version: found.Version, Dir: found.Dir}, nil
}

// String returns the module as errors name it.
func (m *sdkModule) String() string {
	if m.Local {
		return m.Path + " in " + m.Dir
	}
	return m.Path + " " + m.Version
}

// choose returns the package with a name or an import path, or the only one for "".
func (m *sdkModule) choose(name string) (*sdk.Package, error) {
	files, others, err := m.generatedFiles()
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("SDK %s: expected *.pb.go files that protoc-gen-goplugin generated, which declare what plugins implement; "+
			"found none among %d *.pb.go files that other modules may import", m, others)
	}
	packages, err := readPackages(m.Path, byDir(files))
	if err != nil {
		return nil, fmt.Errorf("SDK %s: %w", m, err)
	}
	packages = slices.DeleteFunc(packages, func(pkg *sdk.Package) bool { return len(pkg.Plugins()) == 0 })
	pkg, err := choose(packages, name)
	if err != nil {
		return nil, fmt.Errorf("SDK %s: %w", m, err)
	}
	return pkg, nil
}

// generatedFiles reads the Go files of a module that protoc-gen-goplugin generated, where another module may import them.
// others is the number of the other files that look so.
func (m *sdkModule) generatedFiles() (files map[string]string, others int, err error) {
	files = map[string]string{}
	err = filepath.WalkDir(m.Dir, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != m.Dir && !isImportable(file):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(file, ".pb.go"):
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !sdk.IsGenerated(string(content)) {
			others++
			return nil
		}
		name, err := filepath.Rel(m.Dir, file)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	return files, others, err
}

// isImportable reports whether other modules can import what is in a directory of a module.
func isImportable(dir string) bool {
	switch name := filepath.Base(dir); {
	case name == "internal", name == "vendor", name == "testdata", name == "node_modules", strings.HasPrefix(name, "."), strings.HasPrefix(name, "_"):
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err != nil // else it is a module of its own
}

// replacedFrom returns a go.mod that takes the module from its directory, as the path from another directory is.
func (m *sdkModule) replacedFrom(mod []byte, dir string) ([]byte, error) {
	file, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return nil, err
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	target := m.Dir
	if relative, err := filepath.Rel(from, m.Dir); err == nil { // on another drive of Windows there is none
		target = filepath.ToSlash(relative)
		if !strings.HasPrefix(target, "../") {
			target = "./" + target
		}
	}
	if err := file.AddReplace(m.Path, "", target, ""); err != nil {
		return nil, err
	}
	return file.Format()
}
