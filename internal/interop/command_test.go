package interop

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// An output is what a process wrote.
type output struct {
	stdout, stderr string
}

// A command is a process to run to its end.
type command struct {
	dir  string   // default: the test's own
	env  []string // added to the test's own
	args []string // the program first
}

// attempt runs a command. It ends one that hangs, so that the failure says which.
func (c command) attempt(t *testing.T) (output, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // a plugin that outlives its host holds stderr open
	err := cmd.Run()
	return output{stdout.String(), stderr.String()}, err
}

// run runs a command that must succeed.
func (c command) run(t *testing.T) output {
	t.Helper()
	out, err := c.attempt(t)
	if err != nil {
		t.Fatalf("%s: %v\nstdout:\n%s\nstderr:\n%s", strings.Join(c.args, " "), err, out.stdout, out.stderr)
	}
	return out
}
