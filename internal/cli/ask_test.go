package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func accept(string) error { return nil }

// Ctrl-C cancels the context while the person has not answered.
func TestAskCancelled(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &asker{in: bufio.NewReader(in), out: io.Discard}
	if _, err := a.ask(ctx, "Name", "", accept); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestAsk(t *testing.T) {
	var out strings.Builder
	a := &asker{in: bufio.NewReader(strings.NewReader("\nsecond\n")), out: &out}
	first, err := a.ask(t.Context(), "First", "offered", accept)
	if err != nil || first != "offered" {
		t.Errorf("got %q, %v, want what was offered", first, err)
	}
	second, err := a.ask(t.Context(), "Second", "", accept)
	if err != nil || second != "second" {
		t.Errorf("got %q, %v", second, err)
	}
	if _, err := a.ask(t.Context(), "Third", "", accept); !errors.Is(err, errNoAnswer) {
		t.Errorf("got %v, want errNoAnswer at the end of the input", err)
	}
	if got := out.String(); got != "First [offered]: Second: Third: " {
		t.Errorf("asked %q", got)
	}
}
