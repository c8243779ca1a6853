package scaffold

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/goplugin-dev/goplugin/internal/scaffold/sdk"
)

// AloneOptions are what a user decides about a plugin in a project of its own.
type AloneOptions struct {
	Name    string // of the plugin and of its program
	SDK     string // module of the SDK, with @VERSION or without for the latest
	Package string // Go package of the SDK, if there are several
	Module  string // of the plugin; default example.com/NAME
}

// aloneProject is what the templates of a plugin in a project of its own know.
type aloneProject struct {
	*pluginProgram
	Module     string
	SDK        string
	SDKVersion string
}

// Alone returns the plan of a plugin in a project of its own, against an SDK that somebody published. It needs the go
// command, which downloads the SDK and settles the versions in go.mod.
func Alone(ctx context.Context, options AloneOptions) (*Plan, error) {
	if _, err := newNames("plugin", options.Name); err != nil {
		return nil, err
	}
	module := cmp.Or(options.Module, DefaultModule(options.Name))
	if err := CheckModule(module); err != nil {
		return nil, err
	}
	found, err := download(ctx, options.SDK)
	if err != nil {
		return nil, err
	}
	dirs, err := goDirs(found.Dir)
	if err != nil {
		return nil, err
	}
	packages, err := readPackages(found.Path, dirs)
	if err != nil {
		return nil, err
	}
	pkg, err := choose(packages, options.Package)
	if err != nil {
		return nil, fmt.Errorf("SDK %s %s: %w", found.Path, found.Version, err)
	}
	program := newPluginProgram(pkg, "", options.Name)
	program.Program, program.Of, program.PluginDir = options.Name, found.Path, "."
	program.Runtime = false // only the SDK, which is what its author asks for
	p := &aloneProject{program, module, found.Path, found.Version}
	plan := &Plan{Next: []string{"go build"}}
	if err := p.write(plan); err != nil {
		return nil, err
	}
	return plan, p.tidy(ctx, plan)
}

// write adds all files but go.sum.
func (p *aloneProject) write(plan *Plan) error {
	if err := p.pluginProgram.write(plan, "."); err != nil {
		return err
	}
	return render(plan, p, ".", map[string]string{
		"alone/README.md.tmpl":                "README.md",
		"alone/go.mod.tmpl":                   "go.mod",
		"alone/gitignore.tmpl":                ".gitignore",
		"alone/.github/workflows/ci.yml.tmpl": ".github/workflows/ci.yml",
	})
}

// tidy lets the go command write go.mod and go.sum, in a copy of the project.
func (p *aloneProject) tidy(ctx context.Context, plan *Plan) error {
	dir, err := os.MkdirTemp("", "goplugin-new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := plan.Apply(ctx, dir); err != nil {
		return err
	}
	if _, err := goCommand(ctx, dir, "mod", "tidy"); err != nil {
		return err
	}
	for i, f := range plan.Files {
		if f.Path == "go.mod" {
			if plan.Files[i].Content, err = os.ReadFile(filepath.Join(dir, "go.mod")); err != nil {
				return err
			}
		}
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	plan.add("go.sum", sum)
	return err
}

// A downloaded is a module on this machine.
type downloaded struct{ Path, Version, Dir string }

// download returns a module, given with @VERSION or without for the latest.
func download(ctx context.Context, module string) (downloaded, error) {
	if !strings.Contains(module, "@") {
		module += "@latest"
	}
	dir, err := os.MkdirTemp("", "goplugin-new-*") // outside of every module, whose go.mod would matter
	if err != nil {
		return downloaded{}, err
	}
	defer os.RemoveAll(dir)
	output, err := goCommand(ctx, dir, "mod", "download", "-json", module)
	var found struct {
		downloaded
		Error string
	}
	if jsonErr := json.Unmarshal(output, &found); jsonErr == nil && found.Error != "" {
		return downloaded{}, fmt.Errorf("download SDK: %s", found.Error)
	}
	return found.downloaded, err
}

// goCommand runs the go command and returns its standard output, also where it fails.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = dir, &stderr
	output, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("the go command is not on the PATH: it downloads the SDK: %w", err)
	}
	if err != nil {
		return output, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return output, nil
}

// InWorkspace reports whether a go.work above a directory ties the Go modules there, so that a new one must be added to it.
// The directory need not exist.
func InWorkspace(dir string) (bool, error) {
	absolute, err := filepath.Abs(dir)
	for d := absolute; err == nil && d != filepath.Dir(d); {
		d = filepath.Dir(d)
		if exists(d, "go.work") {
			return true, nil
		}
	}
	return false, err
}

// goDirs reads the generated Go files of a module, by directory and name.
func goDirs(root string) (map[string]map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".pb.go") {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !sdk.IsGenerated(string(content)) {
			return nil
		}
		name, err := filepath.Rel(root, file)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	return byDir(files), err
}
