package pluginhost

import (
	"bytes"
	"io"
)

const (
	// defaultLineLimit is the length in bytes above which a line of a plugin's output is handled in parts.
	defaultLineLimit = 4 << 20

	// handshakeLimit is the length in bytes of the longest handshake line: certificates make it long.
	handshakeLimit = 16 << 10

	firstLineBuffer = 4 << 10
)

// A lineReader reads lines of any length in bounded memory.
type lineReader struct {
	source     io.Reader
	limit      int
	buffer     []byte // what was read and not yet returned is buffer[start:end]
	start, end int
	scanned    int // buffer[start:scanned] holds no newline
	err        error
}

func newLineReader(source io.Reader, limit int) *lineReader {
	return &lineReader{source: source, limit: max(limit, 2*handshakeLimit), buffer: make([]byte, firstLineBuffer)}
}

// next returns the next line without its newline, valid until the next call. A line above the limit comes in parts, all
// but the last with more; the last one holds at least handshakeLimit bytes of it, so that no handshake is cut. What
// follows the last newline is a line, too. The error is that of the source, often io.EOF, and comes without a line.
func (r *lineReader) next() (line []byte, more bool, err error) {
	for {
		if i := bytes.IndexByte(r.buffer[r.scanned:r.end], '\n'); i >= 0 {
			line = r.buffer[r.start : r.scanned+i]
			r.start, r.scanned = r.scanned+i+1, r.scanned+i+1
			return bytes.TrimSuffix(line, []byte{'\r'}), false, nil
		}
		r.scanned = r.end
		switch {
		case r.err != nil && r.start < r.end:
			line = r.buffer[r.start:r.end]
			r.start = r.end
			return line, false, nil
		case r.err != nil:
			return nil, false, r.err
		case r.end-r.start >= r.limit:
			line = r.buffer[r.start : r.end-handshakeLimit]
			r.start = r.end - handshakeLimit
			return line, true, nil
		}
		r.fill()
	}
}

// fill reads once more, into a buffer with room for it.
func (r *lineReader) fill() {
	switch held := r.end - r.start; {
	case held == 0 && len(r.buffer) > firstLineBuffer: // a long line is over: its buffer need not stay
		r.buffer = make([]byte, firstLineBuffer)
		r.start, r.end = 0, 0
	case r.end == len(r.buffer) && held > len(r.buffer)/2:
		r.move(make([]byte, min(2*len(r.buffer), r.limit+firstLineBuffer)))
	case r.end == len(r.buffer):
		r.move(r.buffer)
	}
	n, err := r.source.Read(r.buffer[r.end:])
	r.scanned = r.end
	r.end += n
	r.err = err
}

func (r *lineReader) move(to []byte) {
	r.end = copy(to, r.buffer[r.start:r.end])
	r.start = 0
	r.buffer = to
}
