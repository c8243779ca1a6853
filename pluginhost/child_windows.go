package pluginhost

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// contained returns a copy of the attributes of a process, which leads a group of its own: Ctrl-C in the host's console
// does not reach it.
func contained(attributes *syscall.SysProcAttr) *syscall.SysProcAttr {
	var own syscall.SysProcAttr
	if attributes != nil {
		own = *attributes
	}
	own.CreationFlags |= windows.CREATE_NEW_PROCESS_GROUP
	return &own
}

// A containment is a job, which holds a child and all processes that it starts. They die with the last handle of the
// job, and that is the host's.
type containment struct{ job windows.Handle }

func contain(process *os.Process) (containment, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return containment{}, fmt.Errorf("create a job object: %w", err)
	}
	if err := fill(job, process); err != nil {
		_ = windows.CloseHandle(job)
		return containment{}, err
	}
	return containment{job: job}, nil
}

func fill(job windows.Handle, process *os.Process) error {
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
			LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
		},
	}
	_, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		return fmt.Errorf("set the limits of a job object: %w", err)
	}
	var assignErr error
	err = process.WithHandle(func(handle uintptr) {
		assignErr = windows.AssignProcessToJobObject(job, windows.Handle(handle))
	})
	if err == nil {
		err = assignErr
	}
	if err != nil {
		return fmt.Errorf("assign process %d to a job object: %w", process.Pid, err)
	}
	return nil
}

// kill kills all processes of the job.
func (c containment) kill(int) { _ = windows.TerminateJobObject(c.job, 1) }

func (c containment) close() { _ = windows.CloseHandle(c.job) }

// terminate kills the process: Windows cannot ask one that has no window.
func terminate(process *os.Process) error { return process.Kill() }

// ownerOf never knows an owner: files of Windows have access lists.
func ownerOf(*syscall.SysProcAttr) (uid, gid int, foreign bool) { return 0, 0, false }

// alive reports whether there is a process with this number.
func alive(pid int) bool {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return false
	}
	defer windows.CloseHandle(process)
	const stillActive = 259
	var code uint32
	return windows.GetExitCodeProcess(process, &code) == nil && code == stillActive
}
