package inspect

import (
	"context"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/module"
)

// A Build is what an executable in Go holds about how it was built.
type Build struct {
	Module   string `json:"module"`             // of its main package; empty where it was built without modules
	Version  string `json:"version"`            // of the module; (devel) for a checkout
	Go       string `json:"go"`                 // version of Go
	GoPlugin string `json:"goPlugin,omitempty"` // version of go-plugin; empty if it was built without

	modules []*debug.Module // that it was built from
	test    bool            // a test binary, which does not name the modules
}

// buildOf returns what an executable holds, or nil if it was not made by Go.
func buildOf(path string) *Build {
	if found, err := exec.LookPath(path); err == nil {
		path = found
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil
	}
	b := &Build{Module: info.Main.Path, Version: info.Main.Version, Go: info.GoVersion, test: strings.HasSuffix(info.Path, ".test")}
	for _, dependency := range append(info.Deps, &info.Main) {
		if dependency.Replace != nil {
			dependency = &debug.Module{Path: dependency.Path, Version: dependency.Replace.Version, Replace: dependency.Replace}
		}
		b.modules = append(b.modules, dependency)
		if strings.HasSuffix(dependency.Path, "/go-plugin") { // also a fork
			b.GoPlugin = dependency.Version
		}
	}
	return b
}

// withoutGoPlugin reports whether the executable cannot be a plugin, unless it speaks the protocol in a way of its own.
func (b *Build) withoutGoPlugin() bool {
	return b != nil && b.Module != "" && b.GoPlugin == "" && !b.test
}

// SDKCookies returns the magic cookies in the source of the modules that an executable in Go was built from, as far as the
// module cache has it: of its own module and of those that use go-plugin directly, such as the SDK of its application.
func SDKCookies(ctx context.Context, path string) []Cookie {
	b := buildOf(path)
	if b == nil || b.GoPlugin == "" {
		return nil
	}
	output, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE").Output()
	if err != nil {
		return nil
	}
	cache := strings.TrimSpace(string(output))
	var cookies []Cookie
	for _, m := range b.modules {
		if dir := sourceDir(cache, m); dir != "" && usesGoPlugin(cache, m) {
			cookies = append(cookies, treeCookies(ctx, dir)...)
		}
	}
	return cookies
}

// sourceDir returns the directory of a module in the module cache, or nothing if that does not have it.
func sourceDir(cache string, m *debug.Module) string {
	path, version := escaped(m)
	dir := filepath.Join(cache, filepath.FromSlash(path)+"@"+version)
	if info, err := os.Stat(dir); path == "" || err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// escaped returns the path and the version of a module as the module cache writes them.
func escaped(m *debug.Module) (path, version string) {
	if m.Replace != nil {
		m = m.Replace
	}
	path, err := module.EscapePath(m.Path)
	if err != nil {
		return "", "" // such as a directory in place of a module
	}
	version, err = module.EscapeVersion(m.Version)
	if err != nil {
		return "", ""
	}
	return path, version
}

var requiresGoPlugin = regexp.MustCompile(`(?m)/go-plugin v\S+$`) // not "// indirect"

// usesGoPlugin reports whether a module requires go-plugin itself: most modules need not be searched.
func usesGoPlugin(cache string, m *debug.Module) bool {
	path, version := escaped(m)
	text, err := os.ReadFile(filepath.Join(cache, "cache", "download", filepath.FromSlash(path), "@v", version+".mod"))
	return err == nil && requiresGoPlugin.Match(text)
}
