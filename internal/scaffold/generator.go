package scaffold

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/goplugin-dev/goplugin/internal/version"
)

// A generator is how a project runs protoc-gen-goplugin.
type generator struct {
	command    []string
	scaffolder string // how a project runs goplugin-new, as a shell takes it
	note       string // what the user must know about it
	version    string // of this module in a project's go.mod
	replace    string // the directory that stands for it there; empty for a release
}

// findGenerator returns the generator of the running binary's own release. A development build has none that others
// could download, so its projects run the generator from its source tree.
func findGenerator() (generator, error) {
	const pkg = "cmd/protoc-gen-goplugin"
	if release := version.Release(); release != version.Devel {
		return generator{
			command:    []string{"go", "run", version.Module + "/" + pkg + "@" + release},
			scaffolder: "go run " + version.Module + "/cmd/goplugin-new@" + release,
			version:    release,
		}, nil
	}
	_, file, _, _ := runtime.Caller(0)
	return develGenerator(filepath.Dir(filepath.Dir(filepath.Dir(file))), pkg)
}

// develGenerator returns the generator in the source tree at root.
func develGenerator(root, pkg string) (generator, error) {
	path := filepath.Join(root, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil || modfile.ModulePath(data) != version.Module {
		return generator{}, fmt.Errorf("this is a development build of goplugin-new without its source tree at %s: install a release with \"go install %s/cmd/goplugin-new@latest\"", root, version.Module)
	}
	return generator{
		scaffolder: fmt.Sprintf("go run -C %q ./cmd/goplugin-new", filepath.ToSlash(root)),
		command:    []string{"go", "run", "-C", fmt.Sprintf("%q", filepath.ToSlash(root)), "./" + pkg},
		note:       fmt.Sprintf("This is a development build of goplugin-new: go.mod and buf.gen.yaml take goplugin from %s.", root),
		version:    module.ZeroPseudoVersion("v0"),
		replace:    modfile.AutoQuote(filepath.ToSlash(root)),
	}, nil
}
