//go:build linux

package pluginhost

import (
	"context"
	"errors"
	"io"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"
)

// A plainRunner runs a command as go-plugin does, with its rule: Wait comes after all was read.
type plainRunner struct {
	runner.AddrTranslator
	cmd            *exec.Cmd
	stdout, stderr io.ReadCloser
}

// ownRunner returns the RunnerFunc of a host that runs plugins in its own way.
func ownRunner(s *stage, behaviour string) func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) {
	return func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
		if behaviour == "not started" {
			return nil, errors.New("no engine runs")
		}
		cmd := s.command(behaviour)
		cmd.Env = append(spec.Env, cmd.Env...)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		stderr, err := cmd.StderrPipe()
		return &plainRunner{AddrTranslator: new(attachment), cmd: cmd, stdout: stdout, stderr: stderr}, err
	}
}

func (r *plainRunner) Start(context.Context) error     { return r.cmd.Start() }
func (r *plainRunner) Wait(context.Context) error      { return r.cmd.Wait() }
func (r *plainRunner) Kill(context.Context) error      { return r.cmd.Process.Kill() }
func (r *plainRunner) ID() string                      { return "own" }
func (r *plainRunner) Name() string                    { return "own/plugin" }
func (r *plainRunner) Stdout() io.ReadCloser           { return r.stdout }
func (r *plainRunner) Stderr() io.ReadCloser           { return r.stderr }
func (r *plainRunner) Diagnose(context.Context) string { return "" }
