package pluginhost

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// flushLimit is how long the logger gets to take what a plugin wrote, after that has ended.
const flushLimit = time.Second

// An output takes what a plugin writes to the logger and to the Stderr of the configuration, in a goroutine of its own:
// neither can block a plugin or its host for ever.
type output struct {
	queue     *queue
	logger    hclog.Logger
	raw       io.Writer // what the process writes to stderr, as it is; can be nil
	lineLimit int
	flushed   chan struct{} // the logger has all
}

func newOutput(logger hclog.Logger, raw io.Writer, lineLimit int) *output {
	o := &output{queue: newQueue(), logger: logger, raw: raw, lineLimit: lineLimit, flushed: make(chan struct{})}
	go o.log()
	return o
}

// log hands over line by line until the end.
func (o *output) log() {
	defer close(o.flushed)
	var classifiers [streams]classifier
	for {
		next, ok := o.queue.take()
		if next.droppedLines > 0 {
			o.logger.Warn("output of the plugin was dropped: the logger did not take it",
				"lines", next.droppedLines, "bytes", next.droppedBytes)
		}
		if !ok {
			return
		}
		if o.raw != nil && next.stream == stderr {
			writeRaw(o.raw, next)
		}
		rec := classifiers[next.stream].classify(next.text, next.more)
		if rec.message != "" || len(rec.args) > 0 {
			o.logger.Log(rec.level, rec.message, rec.args...)
		}
	}
}

func writeRaw(w io.Writer, l line) {
	if !l.more {
		l.text = append(l.text, '\n')
	}
	_, _ = w.Write(l.text) // what a host does with it is its own matter
}

// put hands on a line, which the caller may change afterwards.
func (o *output) put(from stream, text []byte, more bool) {
	o.queue.put(line{stream: from, text: bytes.Clone(text), more: more})
}

// close ends the goroutine once all is logged, and waits for that; not longer than ctx and flushLimit.
func (o *output) close(ctx context.Context) {
	o.queue.close()
	ctx, cancel := context.WithTimeout(ctx, flushLimit)
	defer cancel()
	select {
	case <-o.flushed:
	case <-ctx.Done():
	}
}

// A lineWriter is an io.Writer that hands on lines.
type lineWriter struct {
	output *output
	stream stream

	mu   sync.Mutex
	held []byte // of a line whose end was not written yet
}

// Write never fails.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := p; ; {
		text, after, found := bytes.Cut(rest, []byte{'\n'})
		w.held = append(w.held, text...)
		if !found {
			break
		}
		w.output.put(w.stream, bytes.TrimSuffix(w.held, []byte{'\r'}), false)
		w.held, rest = w.held[:0], after
	}
	if len(w.held) > w.output.lineLimit {
		w.output.put(w.stream, w.held, true)
		w.held = nil
	}
	return len(p), nil
}

// flush hands on a line that has no end.
func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.held) > 0 {
		w.output.put(w.stream, w.held, false)
		w.held = nil
	}
}
