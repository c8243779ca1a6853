// Package version says which release of goplugin a binary is.
package version

import (
	"runtime/debug"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Module is the path of the module that both commands live in.
const Module = "github.com/goplugin-dev/goplugin"

// Devel is the version of every build that is not a tagged release.
const Devel = "(devel)"

// Release returns the tagged release that the running binary was built from, such as "v0.1.0", or Devel.
//
// A build from a checkout carries a pseudo-version or "+dirty" in its build information, and `go run` in the same
// checkout carries nothing; all of them are Devel, so that one source tree always generates the same bytes.
func Release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Devel
	}
	return release(info)
}

func release(info *debug.BuildInfo) string {
	version := info.Main.Version
	if info.Main.Path != Module {
		version = ""
		for _, dep := range info.Deps {
			if dep.Path == Module && dep.Replace == nil {
				version = dep.Version
			}
		}
	}
	if !semver.IsValid(version) || semver.Build(version) != "" || module.IsPseudoVersion(version) {
		return Devel
	}
	return version
}
