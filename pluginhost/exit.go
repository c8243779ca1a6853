package pluginhost

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// ErrPluginDied is what a call fails with, in the sense of errors.Is, when the plugin's process ends during it or has
// ended before it; and what an ExitError is. No error that a plugin returns is one.
var ErrPluginDied = errors.New("the plugin died")

// An ExitError says how a plugin ended that was not closed.
type ExitError struct {
	Path     string   // the executable
	PID      int      // 0 if a runner of the host's own started it
	ExitCode int      // -1 if a signal ended it, or if it is not known
	Signal   string   // such as "killed", if a signal ended it
	Stderr   []string // its last lines, at most 20; from its panic on, if it panicked
	Err      error    // what waiting for it returned: an *exec.ExitError, or nil for exit code 0

	note string // why a supervised plugin was not started again
}

// Error returns how the plugin ended, and its last lines on stderr.
func (e *ExitError) Error() string {
	return e.summary() + indented("stderr", e.Stderr)
}

// summary returns it in one line.
func (e *ExitError) summary() string {
	how := fmt.Sprintf("plugin %s (pid %d) died: %s", e.Path, e.PID, ending(e.ExitCode, e.Signal, e.Err))
	if e.note != "" {
		how += "; it is not started again: " + e.note
	}
	return how
}

// Is reports whether target is ErrPluginDied.
func (e *ExitError) Is(target error) bool { return target == ErrPluginDied }

// Unwrap returns Err.
func (e *ExitError) Unwrap() error { return e.Err }

// exitError returns how a session ended.
func (s *session) exitError() *ExitError {
	code, signal := exitOf(s.err)
	return &ExitError{Path: s.runner.Name(), PID: s.pid(), ExitCode: code, Signal: signal, Stderr: s.stderr.get(), Err: s.err}
}

// exitOf returns the exit code and the signal of what waiting for a process returned.
func exitOf(err error) (code int, signal string) {
	if err == nil {
		return 0, ""
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return -1, ""
	}
	if rest, signaled := strings.CutPrefix(exit.String(), "signal: "); signaled {
		return -1, rest
	}
	return exit.ExitCode(), ""
}

// ending returns the same in words.
func ending(code int, signal string, err error) string {
	switch {
	case signal != "":
		return "it was ended by a signal (" + signal + ")"
	case code >= 0:
		return fmt.Sprintf("it exited with code %d", code)
	}
	return fmt.Sprintf("it ended: %v", err)
}

// indented returns lines under a title, or nothing if there are none.
func indented(title string, lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return "\n  " + title + ":\n    " + strings.Join(lines, "\n    ")
}
