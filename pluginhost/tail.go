package pluginhost

import (
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
)

const (
	tailLines  = 20  // that an error shows
	tailLength = 400 // in bytes, of each
)

// A tail keeps the last lines of a stream, those for debugging excepted. After a panic it keeps the lines from there: they
// say more than the last ones.
type tail struct {
	mu       sync.Mutex
	lines    []string
	panicked bool
}

func (t *tail) add(text []byte) {
	shown, worth := excerpt(text)
	if !worth {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.panicked && (strings.HasPrefix(shown, "panic: ") || strings.HasPrefix(shown, "fatal error: ")):
		t.panicked = true
		t.lines = nil
	case len(t.lines) < tailLines:
	case t.panicked:
		return
	default:
		t.lines = t.lines[1:]
	}
	t.lines = append(t.lines, shown)
}

// excerpt returns a line as an error shows it, and whether it does.
func excerpt(text []byte) (shown string, worth bool) {
	if rec, isJSON := parseJSON(text); isJSON {
		if rec.level < hclog.Info {
			return "", false
		}
		text = fmt.Appendf(nil, "[%s] %s", strings.ToUpper(rec.level.String()), rec.message)
		for i := 0; i+1 < len(rec.args); i += 2 {
			if key := rec.args[i]; key != timestampKey {
				text = fmt.Appendf(text, " %s=%v", key, rec.args[i+1])
			}
		}
	}
	shown = strings.ToValidUTF8(string(text[:min(len(text), tailLength)]), "�")
	if len(text) > tailLength {
		shown += "…"
	}
	return shown, true
}

// get returns the lines, without the empty ones at the end.
func (t *tail) get() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	end := len(t.lines)
	for end > 0 && strings.TrimSpace(t.lines[end-1]) == "" {
		end--
	}
	return append([]string(nil), t.lines[:end]...)
}
