package pluginhost

import (
	"fmt"
	"strings"
)

// A Reason is why a plugin did not start.
type Reason string

// The reasons. What each means in a case says the StartError that has it.
const (
	BadConfig          Reason = "bad configuration"    // the configuration or the command cannot start any plugin
	NotFound           Reason = "not found"            // there is no file at the path; errors.Is exec.ErrNotFound or fs.ErrNotExist
	NotExecutable      Reason = "not executable"       // a directory, a file without permission, a script without a first line
	MissingInterpreter Reason = "missing interpreter"  // the script's interpreter or the executable's loader is not there
	WrongArchitecture  Reason = "wrong architecture"   // an executable for another processor or system
	ChecksumMismatch   Reason = "checksum mismatch"    // not the file that SecureConfig or a lock expects
	SocketPathTooLong  Reason = "socket path too long" // the temporary directory is too deep for a Unix socket
	NoDirectory        Reason = "no directory"         // the private directory cannot be made: full disk, read-only
	NotStarted         Reason = "not started"          // the system refused to start the process
	Exited             Reason = "exited"               // the process ended before its handshake
	WrongCookie        Reason = "wrong cookie"         // the plugin belongs to another application
	Timeout            Reason = "timeout"              // StartTimeout or the context's deadline passed; errors.Is context.DeadlineExceeded
	Canceled           Reason = "canceled"             // the context was canceled; errors.Is context.Canceled
	BadHandshake       Reason = "bad handshake"        // what the plugin printed is no handshake of go-plugin
	VersionMismatch    Reason = "version mismatch"     // no protocol version in common
	ProtocolMismatch   Reason = "protocol mismatch"    // net/rpc and gRPC, TLS and plain, or multiplexing
	Unreachable        Reason = "unreachable"          // a handshake, but no answer at its address
)

// A StartError says why a plugin did not start. Its text is for the person who must make it start.
type StartError struct {
	Reason    Reason
	Path      string   // the executable, as the command has it
	Problem   string   // what happened, as the end of a sentence
	Remedy    string   // what to do next; several lines are alternatives
	ExitCode  int      // -1 if the process did not exit by itself
	Signal    string   // such as "killed", if a signal ended the process
	Handshake string   // CORE|VERSION|NETWORK|ADDRESS|PROTOCOL and what follows, as go-plugin reads it; empty if it printed none
	Stdout    []string // its last lines before the handshake, at most 20
	Stderr    []string // its last lines, at most 20; from its panic on, if it panicked
	Err       error    // what the system, the context or go-plugin said; can be nil
}

// Error returns all of it, in several lines.
func (e *StartError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "start plugin %s: %s", e.Path, e.Problem)
	b.WriteString(indented("stderr", e.Stderr))
	b.WriteString(indented("stdout", e.Stdout))
	if e.Remedy != "" {
		b.WriteString("\n  to do: " + strings.ReplaceAll(e.Remedy, "\n", "\n    or: "))
	}
	return b.String()
}

// Unwrap returns Err.
func (e *StartError) Unwrap() error { return e.Err }

// failure returns a StartError without a process. The text of the error is in the problem, if it says something.
func failure(reason Reason, problem, remedy string, err error) *StartError {
	return &StartError{Reason: reason, Problem: problem, Remedy: remedy, ExitCode: -1, Err: err}
}
