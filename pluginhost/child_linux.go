package pluginhost

import "syscall"

// contained returns the attributes of a process that leads a group of its own and is killed when the host dies.
func contained(attributes *syscall.SysProcAttr) *syscall.SysProcAttr {
	attributes = ownGroup(attributes)
	if attributes.Pdeathsig == 0 {
		attributes.Pdeathsig = syscall.SIGKILL
	}
	return attributes
}
