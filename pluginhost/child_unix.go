//go:build !windows

package pluginhost

import (
	"errors"
	"os"
	"syscall"
)

// ownGroup returns a copy of the attributes of a process, which leads a group of its own.
func ownGroup(attributes *syscall.SysProcAttr) *syscall.SysProcAttr {
	var own syscall.SysProcAttr
	if attributes != nil {
		own = *attributes
	}
	if !own.Setsid { // leads a session, and so a group; one that does cannot set its group
		own.Setpgid, own.Pgid = true, 0
	}
	return &own
}

// A containment is the process group of a child.
type containment struct{}

func contain(*os.Process) (containment, error) { return containment{}, nil }

// kill kills the group that pid leads. After the leader was waited for, the number can be that of another group in
// theory, but systems give out all other numbers first.
func (containment) kill(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

func (containment) close() {}

// terminate asks the process to end.
func terminate(process *os.Process) error { return process.Signal(syscall.SIGTERM) }

// ownerOf returns who a process runs as, if its attributes say that.
func ownerOf(attributes *syscall.SysProcAttr) (uid, gid int, foreign bool) {
	if attributes == nil || attributes.Credential == nil {
		return 0, 0, false
	}
	return int(attributes.Credential.Uid), int(attributes.Credential.Gid), true
}

// alive reports whether there is a process with this number.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
