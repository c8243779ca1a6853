//go:build unix

package cli

import (
	"bytes"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/creack/pty"
)

// TestAskOnScreen answers with keys, each time when the question has appeared on a terminal.
func TestAskOnScreen(t *testing.T) {
	person, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer person.Close()
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		answer(t, person, "Name of the project", "kv\r")
		answer(t, person, "Go module", "\r")
		answer(t, person, "What do plugins serve", "\x1b[B\r")
		answer(t, person, "The .proto file", "kv.proto\r")
		_, _ = io.Copy(io.Discard, person) // until the terminal is closed
	}()
	o := &newOptions{streams: Streams{In: terminal, Err: terminal, Screen: true}}
	name, err := o.ask(t.Context())
	if err != nil {
		t.Error(err)
	}
	terminal.Close()
	<-answered
	if name != "kv" || o.module != "example.com/kv" || !slices.Equal(o.protos, []string{"kv.proto"}) {
		t.Errorf("got name %q, module %q, protos %q", name, o.module, o.protos)
	}
}

// answer types keys when the terminal shows the question.
func answer(t *testing.T, person *os.File, question, keys string) {
	t.Helper()
	var shown []byte
	for buffer := make([]byte, 4096); !bytes.Contains(shown, []byte(question)); {
		n, err := person.Read(buffer)
		if err != nil {
			t.Errorf("waiting for %q: %v; shown:\n%q", question, err, shown)
			return
		}
		shown = append(shown, buffer[:n]...)
	}
	if _, err := person.WriteString(keys); err != nil {
		t.Error(err)
	}
}
