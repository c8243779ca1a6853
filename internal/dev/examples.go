package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// An example is a project below example/ that goplugin-new made, and the files in which a person went on.
type example struct {
	name     string
	steps    []step
	written  []string
	packages []string // of its Go modules, as its Makefile names them
}

// A step is a command of goplugin-new on the project in dir.
type step func(ctx context.Context, dir string) (*scaffold.Plan, error)

func examples() []example {
	return []example{
		{
			name:     "greeter",
			steps:    []step{newGreeter, addPython},
			written:  []string{"plugins/python/src/greeter_python/plugin.py"},
			packages: []string{"./..."},
		},
		{
			name:     "kv",
			steps:    []step{newKV},
			written:  []string{"plugins/first/kv.go", "plugins/first/main_test.go"},
			packages: []string{"./..."},
		},
		{
			name:     "counter",
			steps:    []step{newCounter},
			written:  []string{"app/cmd/counter/callbackaddhelper.go", "app/plugins/first/counter.go", "app/plugins/first/main_test.go"},
			packages: []string{"./app/...", "./proto/...", "./sdk/..."},
		},
	}
}

// newGreeter is "goplugin-new greeter".
func newGreeter(ctx context.Context, dir string) (*scaffold.Plan, error) {
	return scaffold.New(ctx, scaffold.Options{Name: "greeter", Dir: dir})
}

// addPython is "goplugin-new add plugin python --lang python".
func addPython(ctx context.Context, dir string) (*scaffold.Plan, error) {
	project, err := scaffold.FindHost(dir)
	if err != nil {
		return nil, err
	}
	return project.AddForeignPlugin(ctx, "python", "", "python")
}

// newKV is "goplugin-new kv --proto proto/kv/v1/kv.proto --proto-path proto". The project then has that file at the same
// place, and so the one checked in is its own source.
func newKV(ctx context.Context, dir string) (*scaffold.Plan, error) {
	protos := filepath.Join(dir, "proto")
	api, err := scaffold.FindAPI([]string{filepath.Join(protos, "kv", "v1", "kv.proto")}, []string{protos})
	if err != nil {
		return nil, err
	}
	return scaffold.New(ctx, scaffold.Options{Name: "kv", API: api, Dir: dir})
}

// newCounter is "goplugin-new counter --layout split --interface" and the Go interface of go-plugin's own example.
func newCounter(ctx context.Context, dir string) (*scaffold.Plan, error) {
	options := scaffold.Options{Name: "counter", Layout: scaffold.LayoutSplit, Dir: dir}
	var err error
	options.API, _, err = scaffold.FromInterface(ctx, options, "github.com/hashicorp/go-plugin/examples/bidirectional/shared.Counter")
	if err != nil {
		return nil, err
	}
	return scaffold.New(ctx, options)
}

func (e example) dir() string { return filepath.Join(tools.Root(), "example", e.name) }

// write brings the project to what goplugin-new writes now. Files in which a person went on stay as they are.
func (e example) write(ctx context.Context) error {
	for _, step := range e.steps {
		plan, err := step(ctx, e.dir())
		if err != nil {
			return err
		}
		plan.Files = slices.DeleteFunc(plan.Files, func(f scaffold.File) bool {
			_, err := os.Stat(filepath.Join(e.dir(), filepath.FromSlash(f.Path)))
			return err == nil && slices.Contains(e.written, f.Path)
		})
		plan.Force()
		if _, err := plan.Apply(ctx, e.dir()); err != nil {
			return err
		}
	}
	return nil
}

// drift returns how the project differs from what goplugin-new writes now and a person went on in.
func (e example) drift(ctx context.Context) ([]string, error) {
	actions, err := e.actions(ctx)
	if err != nil {
		return nil, err
	}
	checkedIn, err := e.checkedIn(ctx)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, file := range slices.Sorted(maps.Keys(actions)) {
		written := slices.Contains(e.written, file)
		switch action := actions[file]; {
		case action == "" && written:
			list = append(list, file+" is as goplugin-new writes it: take it from the list of what a person wrote")
		case action == scaffold.Create, action != "" && !written:
			list = append(list, file+" is not what goplugin-new writes: run \"go run ./internal/dev generate\"")
		}
	}
	for _, file := range checkedIn {
		if _, planned := actions[file]; !planned && !slices.Contains(e.written, file) {
			list = append(list, file+" is not from goplugin-new: remove it, or add it to the list of what a person wrote")
		}
	}
	return list, nil
}

// actions returns what goplugin-new would do to each file that it writes; nothing where the file is as planned.
func (e example) actions(ctx context.Context) (map[string]scaffold.Action, error) {
	actions := map[string]scaffold.Action{}
	for _, step := range e.steps {
		plan, err := step(ctx, e.dir())
		if err != nil {
			return nil, err
		}
		changes, err := plan.Changes(e.dir())
		if err != nil {
			return nil, err
		}
		for _, f := range plan.Files {
			actions[f.Path] = ""
		}
		for _, c := range changes {
			actions[c.Path] = c.Action
		}
	}
	return actions, nil
}

// checkedIn returns the files of the project that git has.
func (e example) checkedIn(ctx context.Context) ([]string, error) {
	cmd := exec.CommandContext(ctx, "git", "ls-files")
	cmd.Dir = e.dir()
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	files := strings.Fields(string(list))
	return slices.DeleteFunc(files, func(file string) bool {
		_, err := os.Stat(filepath.Join(e.dir(), filepath.FromSlash(file)))
		return errors.Is(err, fs.ErrNotExist) // removed since the last commit
	}), nil
}

// testExamples does in each example what its Makefile does.
func testExamples(ctx context.Context) error {
	var errs []error
	for _, e := range examples() {
		for _, args := range [][]string{{"vet"}, {"test", "-race"}} {
			if err := command(ctx, e.dir(), "go", append(args, e.packages...)...); err != nil {
				errs = append(errs, fmt.Errorf("example/%s: %w", e.name, err))
			}
		}
	}
	return errors.Join(errs...)
}
