//go:build !unix

package pluginhost

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// matchName takes the name of an executable with and without its extension.
func matchName(pattern, name string) (bool, error) {
	pattern, name = strings.ToLower(pattern), strings.ToLower(name)
	match, err := filepath.Match(pattern, name)
	if stem, ok := strings.CutSuffix(name, ".exe"); ok && !match && err == nil {
		return filepath.Match(pattern, stem)
	}
	return match, err
}

// checkExecutable goes by the name, as Windows does. It takes no scripts: what runs them cannot serve a plugin.
func checkExecutable(path string, _ fs.FileInfo) error {
	if !strings.EqualFold(filepath.Ext(path), ".exe") {
		return fmt.Errorf("%w: its name does not end in .exe", ErrNotExecutable)
	}
	return nil
}

func checkWritable(string) error { return nil }
