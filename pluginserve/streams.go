package pluginserve

import (
	"fmt"
	"os"
)

// streams are the process's own stdout and stderr, which go-plugin's server replaces by pipes to the host. A server
// that was started for a test copies what is written to those pipes to the stdout and stderr that it finds. A host has
// no use for the copy: it would log stderr twice, and a host that no longer reads stdout would block the plugin. So the
// server finds null for a moment in which no code of the plugin runs.
type streams struct {
	stdout, stderr, null *os.File
}

func openStreams() (*streams, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("open the null device: %w", err)
	}
	return &streams{stdout: os.Stdout, stderr: os.Stderr, null: null}, nil
}

func (s *streams) hide() { os.Stdout, os.Stderr = s.null, s.null }

func (s *streams) show() { os.Stdout, os.Stderr = s.stdout, s.stderr }
