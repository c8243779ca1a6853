package pluginhost

import (
	"sync"
	"time"
)

const (
	// queueLimit is how many bytes of a plugin's output wait for the logger.
	queueLimit = 8 << 20

	// stallLimit is how long a plugin waits for a logger that takes nothing, before its output is dropped.
	stallLimit = time.Second

	// lineCost is what a line takes beside its text, in bytes: empty lines fill a queue, too.
	lineCost = 96
)

// A line is one of a plugin's output, or a part of one.
type line struct {
	stream stream
	text   []byte
	more   bool // the line goes on

	droppedLines, droppedBytes int // in front of this line
}

// size returns what the line takes, in bytes.
func (l line) size() int { return lineCost + len(l.text) }

// A stream is where a plugin writes.
type stream int

const (
	stdout     stream = iota // of the process
	stderr                   // of the process
	syncStdout               // os.Stdout of a plugin that serves, which go-plugin sends over the connection
	syncStderr
	streams
)

// A queue holds what a plugin wrote until the logger takes it: up to queueLimit bytes. When it is full, the writer waits,
// and so does the plugin in the end. Where the logger takes nothing for stallLimit, lines are dropped and counted,
// until it goes on.
type queue struct {
	mu      sync.Mutex
	changed sync.Cond
	lines   []line
	bytes   int
	dropped line // only its counts
	stalled bool // the logger took nothing for stallLimit
	closed  bool
}

func newQueue() *queue {
	q := new(queue)
	q.changed.L = &q.mu
	return q
}

// put adds a line. It waits for room, for a time.
func (q *queue) put(l line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.fits(l) && !q.stalled {
		q.waitForRoom(l)
	}
	if !q.fits(l) || q.closed {
		q.dropped.droppedLines++
		q.dropped.droppedBytes += len(l.text)
		return
	}
	q.stalled = false
	l.droppedLines, l.droppedBytes = q.dropped.droppedLines, q.dropped.droppedBytes
	q.dropped = line{}
	q.lines = append(q.lines, l)
	q.bytes += l.size()
	q.changed.Broadcast()
}

// fits reports whether there is room: for one line, however long, there is where nothing else waits.
func (q *queue) fits(l line) bool { return q.bytes == 0 || q.bytes+l.size() <= queueLimit }

func (q *queue) waitForRoom(l line) {
	over := false
	timer := time.AfterFunc(stallLimit, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		over = true
		q.changed.Broadcast()
	})
	defer timer.Stop()
	for !q.fits(l) && !over && !q.stalled {
		q.changed.Wait()
	}
	q.stalled = !q.fits(l)
}

// close lets take return false once all is taken.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}

// take returns the next line, and waits for it. After close, and after all lines, it returns false, and with it the
// counts of what was dropped last.
func (q *queue) take() (line, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.lines) == 0 && !q.closed {
		q.changed.Wait()
	}
	if len(q.lines) == 0 {
		return q.dropped, false
	}
	next := q.lines[0]
	q.lines[0] = line{}
	q.lines = q.lines[1:]
	q.bytes -= next.size()
	q.changed.Broadcast()
	return next, true
}
