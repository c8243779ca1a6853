//go:build !linux && !darwin

package pluginhost

import "os"

// identify knows no identity: here, every verification reads the file.
func identify(*os.File) (identity, bool) { return identity{}, false }
