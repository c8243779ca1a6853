package pluginhost

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

// stdinDelay is how long a plugin that has ended is waited for to have its stdin copied, if that is no file.
const stdinDelay = 100 * time.Millisecond

var _ runner.Runner = (*child)(nil)

// A child is a plugin's process, in a group of its own, which dies with the host.
type child struct {
	cmd            *exec.Cmd
	stdout, stderr *os.File // what the process writes
	containment    containment
	pid            int
	exited         chan struct{}
	waitErr        error // of the process, after exited

	mu   sync.Mutex
	gone bool // the process was waited for: its number and its containment are no longer its own
}

// newChild returns the child of a command that was not started. It takes the command for itself.
func newChild(cmd *exec.Cmd) (*child, error) {
	stdout, stdoutWriter, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stderr, stderrWriter, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, stdout.Close(), stdoutWriter.Close())
	}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = stdoutWriter, stderrWriter, stdinDelay
	cmd.SysProcAttr = contained(cmd.SysProcAttr)
	return &child{cmd: cmd, stdout: stdout, stderr: stderr, exited: make(chan struct{})}, nil
}

// Start starts the process.
func (c *child) Start(context.Context) error {
	started := make(chan error)
	go c.run(started)
	return <-started
}

// run is the life of the process. It stays on one thread, because Linux sends the signal of Pdeathsig when the thread
// dies that started the process; waiting takes a thread in any case.
func (c *child) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(c.exited)
	err := c.start()
	if err != nil {
		started <- errors.Join(err, c.stdout.Close(), c.stderr.Close())
		return
	}
	started <- nil
	c.waitErr = c.cmd.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.containment.kill(c.pid) // what it left behind
	c.containment.close()
	c.gone = true
}

func (c *child) start() error {
	err := c.cmd.Start()
	_ = c.cmd.Stdout.(*os.File).Close()
	_ = c.cmd.Stderr.(*os.File).Close()
	if err != nil {
		return err
	}
	c.pid = c.cmd.Process.Pid
	if c.containment, err = contain(c.cmd.Process); err != nil {
		_ = c.cmd.Process.Kill()
		return errors.Join(err, ignoreExit(c.cmd.Wait()))
	}
	return nil
}

// ignoreExit drops what only says how a process ended.
func ignoreExit(err error) error {
	if _, exited := errors.AsType[*exec.ExitError](err); exited {
		return nil
	}
	return err
}

// Wait returns when the process has ended.
func (c *child) Wait(context.Context) error {
	<-c.exited
	return c.waitErr
}

// Kill kills the process and what it started, unless that left its process group.
func (c *child) Kill(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil
	}
	c.containment.kill(c.pid)
	if err := c.cmd.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// terminate asks the process to end.
func (c *child) terminate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.gone {
		_ = terminate(c.cmd.Process) // fails where it has ended already
	}
}

// Diagnose returns nothing: a StartError says more than go-plugin asks for.
func (c *child) Diagnose(context.Context) string { return "" }

// Stdout returns what the process writes to its stdout.
func (c *child) Stdout() io.ReadCloser { return c.stdout }

// Stderr returns what the process writes to its stderr.
func (c *child) Stderr() io.ReadCloser { return c.stderr }

// Name returns the path of the executable.
func (c *child) Name() string { return c.cmd.Path }

// ID returns the process id.
func (c *child) ID() string { return strconv.Itoa(c.pid) }

// PluginToHost returns the address: the plugin sees the host's network and files.
func (c *child) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin returns the address.
func (c *child) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
