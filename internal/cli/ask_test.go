package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAsk answers as a person does, line by line.
func TestAsk(t *testing.T) {
	type answers struct {
		Name, Module, Interface string
		Protos                  []string
	}
	tests := []struct {
		name, input string
		want        answers
	}{
		{"defaults", "greeter\n|\n|\n", answers{Name: "greeter", Module: "example.com/greeter"}},
		{
			"a proto file", "kv\n|github.com/you/kv\n|2\n|kv.proto\n",
			answers{Name: "kv", Module: "github.com/you/kv", Protos: []string{"kv.proto"}},
		},
		{
			"an interface", "kv\n|\n|3\n|./store.KV\n",
			answers{Name: "kv", Module: "example.com/kv", Interface: "./store.KV"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := &newOptions{streams: Streams{In: &inTurn{strings.Split(test.input, "|")}, Err: io.Discard}}
			name, err := o.ask(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := answers{name, o.module, strings.Join(o.goInterfaces, " "), o.protos}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

// An inTurn is read as a terminal is: a line at a time.
type inTurn struct{ pieces []string }

func (r *inTurn) Read(p []byte) (int, error) {
	if len(r.pieces) == 0 || r.pieces[0] == "" {
		return 0, io.EOF
	}
	n := copy(p, r.pieces[0])
	r.pieces = r.pieces[1:]
	return n, nil
}

func TestAskLeft(t *testing.T) {
	waiting, open := io.Pipe()
	defer open.Close()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name    string
		ctx     context.Context
		streams Streams
	}{
		{"Ctrl-C between lines", cancelled, Streams{In: waiting}},
		{"Ctrl-C on a screen", t.Context(), Streams{In: strings.NewReader("\x03"), Screen: true}},
		{"the end of the input", t.Context(), Streams{In: strings.NewReader("")}},
		{"the end of the input behind the name", t.Context(), Streams{In: &inTurn{[]string{"greeter\n"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.streams.Err = io.Discard
			o := &newOptions{streams: test.streams}
			if name, err := o.ask(test.ctx); !errors.Is(err, errNoAnswer) {
				t.Errorf("got %q, %v, want %v", name, err, errNoAnswer)
			}
		})
	}
}

// A question in lines is asked again until the answer is one, and shows what is offered.
func TestAskAgain(t *testing.T) {
	var out bytes.Buffer
	in := &inTurn{[]string{"Greeter\n", "greeter\n", "\n", "7\n", "1\n"}}
	o := &newOptions{streams: Streams{In: in, Err: &out}}
	if _, err := o.ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`project name "Greeter": expected lower-case letters`, "(example.com/greeter if you answer nothing)", "between 1 and 3",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("asked without %q:\n%s", want, &out)
		}
	}
}
