// Command example builds an example and runs its host, from the root of the repository:
//
//	go run ./example greeter
//
// Each example is a host and its plugins: programs of their own, which would have repositories of their own.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "example:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("expected the name of one example: go run ./example %s", strings.Join(names(), "|"))
	}
	source := "./example/" + args[0]
	if _, err := os.Stat(source + "/host"); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: expected one of %q, in the root of the repository (%w)", args[0], names(), err)
	}
	dir, err := filepath.Abs(filepath.Join(".cache", "example", args[0]))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := command(".", "go", "build", "-o", dir+string(filepath.Separator), source+"/..."); err != nil {
		return fmt.Errorf("build %s: %w", source, err)
	}
	return command(dir, filepath.Join(dir, "host"))
}

// names returns the examples there are.
func names() []string {
	hosts, _ := filepath.Glob("example/*/host") // the pattern is a good one, and so there is no error
	var names []string
	for _, host := range hosts {
		names = append(names, filepath.Base(filepath.Dir(host)))
	}
	return names
}

// command runs a program in dir, which is where a host finds its plugins.
func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	return cmd.Run()
}
