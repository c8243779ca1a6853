package inspect

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails" // the details of errors that most use
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// A CallError is what a call failed with.
type CallError struct {
	Method  string // SERVICE/METHOD
	Code    codes.Code
	Message string
	Details []json.RawMessage // one line each
	Remedy  string            // what to do next, if that is known

	err error
}

// Error returns all of it; each detail on a line of its own.
func (e *CallError) Error() string {
	var text strings.Builder
	text.WriteString(e.Method + ": " + codeName(e.Code) + ": " + e.Message)
	for _, detail := range e.Details {
		text.WriteString("\n  detail: " + string(detail))
	}
	if e.Remedy != "" {
		text.WriteString("\n  to do: " + e.Remedy)
	}
	return text.String()
}

// Unwrap returns the error of gRPC or of package pluginhost.
func (e *CallError) Unwrap() error { return e.err }

// codeName returns the name of a code as gRPC's specification has it, such as NOT_FOUND.
func codeName(c codes.Code) string { return code.Code(c).String() }

func (c *caller) failure(ctx context.Context, err error) *CallError {
	st, _ := status.FromError(err)
	e := &CallError{Method: pathOf(c.method), Code: st.Code(), Message: st.Message(), err: err}
	for _, detail := range st.Proto().GetDetails() {
		e.Details = append(e.Details, c.detail(detail))
	}
	e.Remedy = c.remedy(ctx, e)
	return e
}

// detail returns a detail in JSON, or its bytes if its message is not known.
func (c *caller) detail(detail *anypb.Any) json.RawMessage {
	if line, err := compact(detail, c.types); err == nil {
		return line
	}
	line, _ := json.Marshal(map[string]any{"@type": detail.GetTypeUrl(), "value": detail.GetValue()}) // text and bytes
	return line
}

// A Problem is an error for programs.
type Problem struct {
	Message   string            `json:"message"`
	Reason    pluginhost.Reason `json:"reason,omitempty"` // why a plugin did not start
	Remedies  []string          `json:"remedies,omitempty"`
	ExitCode  *int              `json:"exitCode,omitempty"`
	Signal    string            `json:"signal,omitempty"`
	Handshake string            `json:"handshake,omitempty"` // that it printed
	Stdout    []string          `json:"stdout,omitempty"`
	Stderr    []string          `json:"stderr,omitempty"`
	Code      string            `json:"code,omitempty"` // of a call that failed
	Details   []json.RawMessage `json:"details,omitempty"`
}

// ProblemOf returns an error for programs.
func ProblemOf(err error) Problem {
	problem := Problem{Message: err.Error()}
	if e, ok := errors.AsType[*CallError](err); ok {
		problem.Message, problem.Code, problem.Details = e.Message, codeName(e.Code), e.Details
		problem.remedies(e.Remedy)
	}
	if e, ok := errors.AsType[*pluginhost.ExitError](err); ok {
		problem.Signal, problem.Stderr = e.Signal, e.Stderr
		problem.exitCode(e.ExitCode)
	}
	if e, ok := errors.AsType[*pluginhost.StartError](err); ok {
		problem.Message, problem.Reason, problem.Signal = e.Problem, e.Reason, e.Signal
		problem.Handshake, problem.Stdout, problem.Stderr = e.Handshake, e.Stdout, e.Stderr
		problem.remedies(e.Remedy)
		problem.exitCode(e.ExitCode)
	}
	return problem
}

func (p *Problem) remedies(lines string) {
	if lines != "" {
		p.Remedies = strings.Split(lines, "\n")
	}
}

// exitCode sets the exit code, of a process that exited by itself.
func (p *Problem) exitCode(code int) {
	if code >= 0 {
		p.ExitCode = &code
	}
}
