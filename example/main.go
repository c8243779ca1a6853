// Command example builds an example and runs its host, from the root of the repository:
//
//	go run ./example greeter Ada
//
// Each example is a host and its plugins: programs of their own, which would have repositories of their own. What stands
// behind the name of the example is for the host.
package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	err := run(os.Args[1:])
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		os.Exit(exit.ExitCode()) // the program has said why
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "example:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	sources := hosts()
	if len(args) == 0 {
		return fmt.Errorf("expected the name of an example: go run ./example %s", strings.Join(slices.Sorted(maps.Keys(sources)), "|"))
	}
	source := sources[args[0]]
	if source == "" {
		return fmt.Errorf("%s: expected one of %q, in the root of the repository", args[0], slices.Sorted(maps.Keys(sources)))
	}
	dir, err := filepath.Abs(filepath.Join(".cache", "example", args[0]))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	host, err := build(args[0], source, dir)
	if err != nil {
		return err
	}
	return command(dir, host, args[1:]...)
}

// hosts returns the directories of the hosts there are, by the names of the examples: in a project of goplugin-new below
// cmd, in one of the split layout below app/cmd.
func hosts() map[string]string {
	found := map[string]string{}
	for _, pattern := range []string{"host", "cmd/*", "app/cmd/*"} {
		dirs, _ := filepath.Glob("example/*/" + pattern + "/main.go") // the pattern is a good one, and so there is no error
		for _, file := range dirs {
			found[strings.Split(filepath.ToSlash(file), "/")[1]] = filepath.Dir(file)
		}
	}
	return found
}

// build builds the host in source and its plugins into dir, and returns the path of the host.
func build(name, source, dir string) (host string, err error) {
	host = filepath.Join(dir, filepath.Base(source)) + exe()
	if filepath.Base(source) == "host" {
		return host, command(".", "go", "build", "-o", dir+string(filepath.Separator), "./example/"+name+"/...")
	}
	module := filepath.Dir(filepath.Dir(source))
	plugins, err := filepath.Glob(filepath.Join(module, "plugins", "*", "main.go"))
	if err != nil {
		return "", err
	}
	for _, plugin := range plugins {
		kind := filepath.Base(filepath.Dir(plugin))
		program := filepath.Join(dir, "plugins", "bin", name+"-"+kind) + exe()
		if err := command(module, "go", "build", "-o", program, "./plugins/"+kind); err != nil {
			return "", err
		}
	}
	return host, command(module, "go", "build", "-o", host, "./cmd/"+filepath.Base(source))
}

// exe ends the names of programs.
func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// command runs a program in dir, which is where a host finds its plugins.
func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	return cmd.Run()
}
