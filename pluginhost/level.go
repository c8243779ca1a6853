package pluginhost

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// A record is a line as the logger gets it.
type record struct {
	level   hclog.Level
	message string
	args    []any
}

// A classifier finds the levels of the lines of one stream.
type classifier struct {
	inTrace   bool // in what Go prints when a program panics
	stacks    bool // and after the first "goroutine"
	inLine    bool // the last part was not the end of its line
	lineLevel hclog.Level
}

// prefixPattern finds a level in brackets, as hclog and users of package log write it, maybe behind a time.
var prefixPattern = regexp.MustCompile(`^(?:\S+ ){0,2}\[(TRACE|DEBUG|INFO|WARN|WARNING|ERR|ERROR|FATAL|PANIC)\]`)

// textPattern finds the level of a line of slog's TextHandler.
var textPattern = regexp.MustCompile(`^time=\S+ level=([A-Z]+(?:[+-]\d+)?) `)

// classify returns the record of a line.
func (c *classifier) classify(text []byte, more bool) record {
	continued := c.inLine
	c.inLine = more
	if continued {
		return record{level: c.lineLevel, message: string(text)}
	}
	rec, tagged := tagged(text)
	if !tagged {
		rec = record{level: hclog.Info, message: string(text)}
	}
	if c.inTrace = !tagged && c.traces(text); c.inTrace {
		rec.level = hclog.Error
	}
	c.lineLevel = rec.level
	return rec
}

// tagged returns the record of a line that says its level.
func tagged(text []byte) (record, bool) {
	if rec, ok := parseJSON(text); ok {
		return rec, true
	}
	head := text[:min(len(text), 100)]
	for _, pattern := range []*regexp.Regexp{prefixPattern, textPattern} {
		if match := pattern.FindSubmatch(head); match != nil {
			return record{level: levelOf(string(match[1])), message: string(text)}, true
		}
	}
	return record{}, false
}

// traces reports whether an untagged line belongs to a panic or a fatal error. A value that a program panics with can
// have any lines, up to the first stack.
func (c *classifier) traces(text []byte) bool {
	switch {
	case bytes.HasPrefix(text, []byte("panic: ")), bytes.HasPrefix(text, []byte("fatal error: ")):
		c.stacks = false
		return true
	case !c.inTrace:
		return false
	case bytes.HasPrefix(text, []byte("goroutine ")):
		c.stacks = true
		return true
	}
	return !c.stacks || stackPattern.Match(text[:min(len(text), 4096)])
}

// stackPattern finds the lines of Go's stacks: empty ones, those with a file, calls, registers.
var stackPattern = regexp.MustCompile(`^$|^\t|^created by |^\S+\(.*\)$|^\[signal |^panic: |^r[a-z0-9]+ +0x|^[a-z]+ +0x[0-9a-f]+$|^\.\.\.|^exit status `)

// levelOf returns the level that a word means; hclog.Info for one that means none.
func levelOf(word string) hclog.Level {
	word = strings.ToLower(word)
	if word == "debug-4" { // slog has no word for what hclog calls Trace
		return hclog.Trace
	}
	if i := strings.IndexAny(word, "+-"); i >= 0 { // slog writes INFO+2
		word = word[:i]
	}
	switch word {
	case "trace":
		return hclog.Trace
	case "debug":
		return hclog.Debug
	case "warn", "warning":
		return hclog.Warn
	case "err", "error", "fatal", "panic", "dpanic", "critical":
		return hclog.Error
	}
	return hclog.Info
}

// timestampKey is under which the logger gets a plugin's own time, as from go-plugin.
const timestampKey = "timestamp"

// parseJSON returns the record of a line of hclog, slog, or another logger that writes JSON with a level and a message.
func parseJSON(text []byte) (record, bool) {
	if len(text) == 0 || text[0] != '{' {
		return record{}, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // an int64 keeps its digits
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil || decoder.More() {
		return record{}, false
	}
	level, hasLevel := takeString(fields, "@level", "level")
	message, hasMessage := takeString(fields, "@message", "msg", "message")
	if !hasLevel || !hasMessage {
		return record{}, false
	}
	rec := record{level: levelOf(level), message: message}
	timestamp, hasTime := takeString(fields, "@timestamp", "time")
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		rec.args = append(rec.args, key, fields[key])
	}
	if hasTime {
		rec.args = append(rec.args, timestampKey, timestamp)
	}
	return rec, true
}

// takeString removes the first of the fields that is a string, and returns it.
func takeString(fields map[string]any, names ...string) (string, bool) {
	for _, name := range names {
		if value, ok := fields[name].(string); ok {
			delete(fields, name)
			return value, true
		}
	}
	return "", false
}
