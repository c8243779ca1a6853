package pluginhost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
)

// A step is a record as a logger of a test has it.
type step struct {
	Level   hclog.Level
	Message string
	Args    []any
}

// A recorder is a hclog.SinkAdapter that keeps what is logged.
type recorder struct {
	steps []step
	block chan struct{} // logging waits for it, if it is not nil
}

func (r *recorder) Accept(_ string, level hclog.Level, message string, args ...any) {
	if r.block != nil {
		<-r.block
	}
	r.steps = append(r.steps, step{level, message, args})
}

// newRecorder returns an output and the recorder of its logger.
func newRecorder(raw io.Writer, block chan struct{}) (*output, *recorder) {
	r := &recorder{block: block}
	logger := hclog.NewInterceptLogger(&hclog.LoggerOptions{Output: io.Discard})
	logger.RegisterSink(r)
	return newOutput(logger, raw, defaultLineLimit), r
}

// logged returns what the logger gets of a text on stderr.
func logged(t *testing.T, text string) []step {
	t.Helper()
	o, r := newRecorder(nil, nil)
	readLines(strings.NewReader(text), o.lineLimit, func(text []byte, more bool) { o.put(stderr, text, more) })
	o.close(t.Context())
	<-o.flushed
	return r.steps
}

func TestLevels(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	h := hclog.New(&hclog.LoggerOptions{Output: &text, JSONFormat: true, Level: hclog.Trace, Name: "db", TimeFn: func() time.Time { return time.Unix(0, 0).UTC() }})
	h.Warn("slow", "table", "apples", "ms", 1<<60+1)
	l := slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug - 4, ReplaceAttr: noTime}))
	l.Error("lost", "n", 3)
	l.Log(context.Background(), slog.LevelDebug-4, "deep")
	l.Log(context.Background(), slog.LevelInfo+1, "between")
	slog.New(slog.NewTextHandler(&text, nil)).Warn("as text")
	hclog.New(&hclog.LoggerOptions{Output: &text, Name: "db"}).Error("as text")
	fmt.Fprintln(&text, "[DEBUG] plain")
	fmt.Fprintln(&text, "2026/11/22 10:11:12 [ERR] plugin: old")
	fmt.Fprintln(&text, `{"level":"warning","msg":"of logrus","time":"now"}`)
	fmt.Fprintln(&text, `{"@message":1}`)
	fmt.Fprintln(&text, "[1, 2]")
	fmt.Fprint(&text, "no newline")

	var got []step
	for _, s := range logged(t, text.String()) {
		if i := strings.Index(s.Message, "as text"); i > 0 {
			s.Message = strings.TrimSuffix(s.Message[i:], `"`)
		}
		s.Args = strip(s.Args)
		got = append(got, s)
	}
	want := []step{
		{hclog.Warn, "slow", []any{"@module=db", "ms=1152921504606846977", "table=apples", "timestamp=1970-01-01T00:00:00.000000Z"}},
		{hclog.Error, "lost", []any{"n=3"}},
		{hclog.Trace, "deep", nil},
		{hclog.Info, "between", nil},
		{hclog.Warn, "as text", nil},
		{hclog.Error, "as text", nil},
		{hclog.Debug, "[DEBUG] plain", nil},
		{hclog.Error, "2026/11/22 10:11:12 [ERR] plugin: old", nil},
		{hclog.Warn, "of logrus", []any{"timestamp=now"}},
		{hclog.Info, `{"@message":1}`, nil},
		{hclog.Info, "[1, 2]", nil},
		{hclog.Info, "no newline", nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func noTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// strip joins the keys and the values of arguments.
func strip(args []any) []any {
	var joined []any
	for i := 0; i < len(args); i += 2 {
		joined = append(joined, fmt.Sprintf("%v=%v", args[i], args[i+1]))
	}
	return joined
}

// TestTraces holds that the traces of panics are errors from their first line to their last, and nothing else is.
func TestTraces(t *testing.T) {
	t.Parallel()
	const trace = `panic: first
second line of the value [recovered]

goroutine 7 [running]:
main.(*abacus).add(0xc000012345, {0x1, 0x2})
	/src/abacus.go:12 +0x1d
created by main.main in goroutine 1
	/src/main.go:9 +0x2b

goroutine 1 [select]:
main.main()
	/src/main.go:10 +0x2b
`
	for name, tt := range map[string]struct {
		text string
		info []string
	}{
		"to the end":       {text: trace},
		"then plain":       {text: trace + "served on\nand on\n", info: []string{"served on", "and on"}},
		"then tagged":      {text: trace + "[INFO] served on\n", info: []string{"[INFO] served on"}},
		"fatal error":      {text: "before\nfatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n", info: []string{"before"}},
		"signal":           {text: "panic: runtime error: nil\n[signal SIGSEGV: segmentation violation code=0x1]\n\ngoroutine 1 [running]:\nmain.main()\nexit status 2\n"},
		"word in a line":   {text: "a panic: no\n", info: []string{"a panic: no"}},
		"registers follow": {text: "fatal error: unexpected signal\ngoroutine 1 [running]:\nmain.main()\nrax    0x0\nr8     0x1\ncs     0x33\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var info []string
			for _, s := range logged(t, tt.text) {
				if s.Level == hclog.Info {
					info = append(info, s.Message)
				} else if s.Level != hclog.Error {
					t.Errorf("%q has the level %v", s.Message, s.Level)
				}
			}
			if diff := cmp.Diff(tt.info, info); diff != "" {
				t.Errorf("lines that are no error (-want +got)\n%s", diff)
			}
		})
	}
}

// TestLongLines holds that a line of megabytes has its level, and that one above the limit comes whole, in parts.
func TestLongLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3<<20)
	steps := logged(t, `{"level":"ERROR","msg":"`+long+`"}`+"\n[WARN] "+long+long+"\nend\n")
	if len(steps) < 4 || steps[0].Level != hclog.Error || steps[0].Message != long {
		t.Fatalf("%d steps, the first at %v with %d bytes", len(steps), steps[0].Level, len(steps[0].Message))
	}
	whole := ""
	for _, s := range steps[1 : len(steps)-1] {
		if s.Level != hclog.Warn {
			t.Errorf("a part has the level %v", s.Level)
		}
		whole += s.Message
	}
	if whole != "[WARN] "+long+long || steps[len(steps)-1].Message != "end" {
		t.Errorf("the parts have %d bytes, and after them comes %q", len(whole), steps[len(steps)-1].Message)
	}
}

// TestLineReader reads lines of all sizes around those of its buffer, in pieces of all sizes.
func TestLineReader(t *testing.T) {
	t.Parallel()
	var want []string
	for _, size := range []int{0, 1, firstLineBuffer - 1, firstLineBuffer, firstLineBuffer + 1, 2*handshakeLimit - 1, 2 * handshakeLimit, 2*handshakeLimit + 1, 200_000, 0, 7} {
		want = append(want, strings.Repeat(string(rune('a'+len(want))), size))
	}
	text := strings.Join(want, "\n")
	for name, source := range map[string]io.Reader{
		"whole":     strings.NewReader(text),
		"bytes":     iotest.OneByteReader(strings.NewReader(text)),
		"halves":    iotest.HalfReader(strings.NewReader(text)),
		"with EOF":  iotest.DataErrReader(strings.NewReader(text)),
		"CR and LF": strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")),
	} {
		t.Run(name, func(t *testing.T) {
			got := []string{""}
			lines := newLineReader(source, 0)
			for {
				text, more, err := lines.next()
				if err != nil {
					if !errors.Is(err, io.EOF) {
						t.Error(err)
					}
					break
				}
				if len(text) > 2*handshakeLimit+firstLineBuffer || cap(lines.buffer) > 4*handshakeLimit {
					t.Errorf("a part has %d bytes, the buffer %d", len(text), cap(lines.buffer))
				}
				got[len(got)-1] += string(text)
				if !more {
					got = append(got, "")
				}
			}
			if diff := cmp.Diff(want, got[:len(got)-1]); diff != "" {
				t.Errorf("the lines differ")
			}
		})
	}
}

// TestStuckLogger holds that a logger that takes nothing blocks no plugin for good and holds bounded memory, and that
// the log says how much it did not get.
func TestStuckLogger(t *testing.T) {
	t.Parallel()
	block := make(chan struct{})
	o, r := newRecorder(nil, block)
	text := bytes.Repeat([]byte("x"), 1<<20)
	const lines = 20
	for range lines {
		o.put(stderr, text, false)
	}
	if o.queue.bytes > queueLimit {
		t.Errorf("%d bytes wait", o.queue.bytes)
	}
	close(block)
	o.queue.mu.Lock()
	for len(o.queue.lines) > 0 {
		o.queue.changed.Wait()
	}
	o.queue.mu.Unlock()
	o.put(stderr, []byte("after"), false)
	o.close(t.Context())
	<-o.flushed
	got, dropped := 0, 0
	for _, s := range r.steps {
		if s.Level == hclog.Warn {
			dropped += s.Args[1].(int)
		} else {
			got++
		}
	}
	if dropped == 0 || got+dropped != lines+1 || r.steps[len(r.steps)-1].Message != "after" || r.steps[len(r.steps)-2].Level != hclog.Warn {
		t.Errorf("%d lines were logged and %d dropped of %d; the last is %.20q", got, dropped, lines+1, r.steps[len(r.steps)-1].Message)
	}
}

// TestSlowLogger holds that nothing is lost to a logger that is slow but takes what there is.
func TestSlowLogger(t *testing.T) {
	t.Parallel()
	block := make(chan struct{})
	o, r := newRecorder(nil, block)
	const lines = 50
	go func() {
		for range lines {
			block <- struct{}{}
		}
	}()
	for range lines {
		o.put(stderr, bytes.Repeat([]byte("x"), 1<<20), false)
	}
	o.queue.close()
	<-o.flushed
	if len(r.steps) != lines {
		t.Errorf("%d lines were logged, want %d", len(r.steps), lines)
	}
}

// TestFlushLimit holds that the end of a plugin does not wait for a logger for ever.
func TestFlushLimit(t *testing.T) {
	t.Parallel()
	block := make(chan struct{})
	o, _ := newRecorder(nil, block)
	o.put(stdout, []byte("x"), false)
	o.close(t.Context()) // returns
	close(block)
	<-o.flushed
}

// TestRaw holds that the Stderr of the configuration gets stderr as it is.
func TestRaw(t *testing.T) {
	t.Parallel()
	var raw bytes.Buffer
	o, _ := newRecorder(&raw, nil)
	text := "a\n\n" + strings.Repeat("b", 5<<20) + "\nc\n"
	readLines(strings.NewReader(text), o.lineLimit, func(text []byte, more bool) { o.put(stderr, text, more) })
	o.put(stdout, []byte("not this"), false)
	o.close(t.Context())
	<-o.flushed
	if raw.String() != text {
		t.Errorf("got %d bytes, want %d", raw.Len(), len(text))
	}
}

// TestLineWriter writes lines in pieces, as they come over the connection.
func TestLineWriter(t *testing.T) {
	t.Parallel()
	o, r := newRecorder(nil, nil)
	w := &lineWriter{output: o, stream: syncStdout}
	text := "one\ntwo\r\n\nthree and" + strings.Repeat(" more", 1000) + "\nend"
	for len(text) > 0 {
		n := min(len(text), 7)
		if _, err := w.Write([]byte(text[:n])); err != nil {
			t.Error(err)
		}
		text = text[n:]
	}
	w.flush()
	o.close(t.Context())
	<-o.flushed
	var got []string
	for _, s := range r.steps {
		got = append(got, s.Message)
	}
	if diff := cmp.Diff([]string{"one", "two", "three and" + strings.Repeat(" more", 1000), "end"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWithSlog(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	logger := slogLogger(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: noTime})))
	logger = logger.Named("plugin").With("id", 7)
	logger.Trace("not this")
	logger.Debug("a", "b", 1)
	logger.Named("db").Error("c")
	want := "level=DEBUG msg=a logger=plugin id=7 b=1\nlevel=ERROR msg=c logger=plugin.db id=7\n"
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
}

func TestFindHandshake(t *testing.T) {
	t.Parallel()
	cert := strings.Repeat("A", 1200)
	for name, tt := range map[string]struct{ line, before, want string }{
		"of gRPC":             {"1|2|unix|/tmp/x|grpc", "", "1|2|unix|/tmp/x|grpc"},
		"of old plugins":      {"1|2|tcp|127.0.0.1:1", "", "1|2|tcp|127.0.0.1:1|netrpc"},
		"with an empty field": {"1|2|unix|/tmp/x|grpc|", "", "1|2|unix|/tmp/x|grpc"},
		"with a certificate":  {"1|2|unix|/tmp/x|grpc|" + cert, "", "1|2|unix|/tmp/x|grpc|" + cert},
		"with multiplexing":   {"1|2|unix|/tmp/x|grpc||true", "", "1|2|unix|/tmp/x|grpc||true"},
		"carriage return":     {"1|2|unix|/tmp/x|grpc\r", "", "1|2|unix|/tmp/x|grpc"},
		"behind noise":        {"loading 100%1|2|unix|/tmp/x|grpc", "loading 100%", "1|2|unix|/tmp/x|grpc"},
		"behind digits":       {"line 121|2|unix|/tmp/x|grpc", "line 12", "1|2|unix|/tmp/x|grpc"},
		"another core":        {"12|2|unix|/tmp/x|grpc", "", "12|2|unix|/tmp/x|grpc"},
		"none":                {"a|b|c|d|e", "", ""},
		"a table":             {"1|2|apples|pears", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, before, found := findHandshake([]byte(tt.line))
			if found != (tt.want != "") || found && (h.String() != tt.want || string(before) != tt.before) {
				t.Errorf("got %v, %q behind %q, want %q behind %q", found, h, before, tt.want, tt.before)
			}
		})
	}
}
