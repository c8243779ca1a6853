//go:build !windows && !linux

package pluginhost

import "syscall"

// contained returns the attributes of a process that leads a group of its own. Nothing here kills a process when its
// parent dies: package pluginserve watches for that in the plugin.
func contained(attributes *syscall.SysProcAttr) *syscall.SysProcAttr { return ownGroup(attributes) }
