package pluginserve

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// parentGone returns a channel that is closed when the parent of this process has ended. A parent that this user may
// not look at is taken to live on.
func parentGone() <-chan struct{} {
	gone := make(chan struct{})
	parent, err := openParent()
	if err != nil {
		if errors.Is(err, errNoParent) {
			close(gone)
		}
		return gone
	}
	go func() {
		defer windows.CloseHandle(parent)
		if _, err := windows.WaitForSingleObject(parent, windows.INFINITE); err == nil {
			close(gone)
		}
	}()
	return gone
}

// errNoParent is what OpenProcess says of an id that no process has.
var errNoParent error = windows.ERROR_INVALID_PARAMETER

// openParent opens the parent. Windows does not keep the id of a process that has ended: one that is younger than this
// process has got it anew.
func openParent() (windows.Handle, error) {
	parent, err := windows.OpenProcess(windows.SYNCHRONIZE|windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(os.Getppid()))
	if err != nil {
		return 0, err
	}
	older, err := isOlder(parent, windows.CurrentProcess())
	if err == nil && older {
		return parent, nil
	}
	_ = windows.CloseHandle(parent)
	if err == nil {
		err = errNoParent
	}
	return 0, err
}

func isOlder(process, than windows.Handle) (bool, error) {
	a, err := created(process)
	if err != nil {
		return false, err
	}
	b, err := created(than)
	return a <= b, err
}

// created returns when a process started, in nanoseconds since 1970.
func created(process windows.Handle) (int64, error) {
	var creation, exit, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(process, &creation, &exit, &kernel, &user); err != nil {
		return 0, err
	}
	return creation.Nanoseconds(), nil
}
