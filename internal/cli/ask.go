package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"charm.land/huh/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// errNoAnswer says that the person at the terminal left the questions.
var errNoAnswer = errors.New("stopped before all questions were answered: nothing is created")

// What a new project may start from.
const (
	startGreeter   = "greeter"
	startProto     = "proto"
	startInterface = "interface"
)

// A question is a field of huh.
type question struct {
	field  huh.Field
	hint   func() string // what no answer stands for; nil for nothing
	hidden func() bool   // whether earlier answers settle it; nil for never
}

// ask asks for the name of a project, and for what else the command line leaves open.
func (o *newOptions) ask(ctx context.Context) (string, error) {
	var name, start, proto, goInterface string
	defaultModule := func() string { return scaffold.DefaultModule(name) }
	checkModule := func(module string) error { return scaffold.CheckModule(cmp.Or(module, defaultModule())) }
	moduleKnown := o.module != ""
	startKnown := len(o.goInterfaces) > 0 || len(o.protos) > 0
	questions := []question{
		{field: input("Name of the project:", &name).Validate(scaffold.CheckName)},
		{
			field:  input("Go module:", &o.module).Validate(checkModule).PlaceholderFunc(defaultModule, &name),
			hint:   defaultModule,
			hidden: func() bool { return moduleKnown },
		},
		{field: selectStart(&start), hidden: func() bool { return startKnown }},
		{field: input("The .proto file:", &proto), hidden: func() bool { return startKnown || start != startProto }},
		{
			field:  input("The Go interface, such as ./store.KV:", &goInterface),
			hidden: func() bool { return startKnown || start != startInterface },
		},
	}
	if err := o.streams.ask(ctx, questions); err != nil {
		return "", err
	}
	o.module = cmp.Or(o.module, defaultModule())
	switch { // a person may go back from the last question, and start from something else
	case startKnown:
	case start == startProto:
		o.protos = []string{proto}
	case start == startInterface:
		o.goInterfaces = []string{goInterface}
	}
	return name, nil
}

// input returns a field for a line of text that must not be empty.
func input(title string, value *string) *huh.Input {
	return huh.NewInput().Title(title).Value(value).Validate(huh.ValidateNotEmpty())
}

func selectStart(start *string) huh.Field {
	*start = startGreeter
	return huh.NewSelect[string]().Title("What do plugins serve?").Value(start).Options(
		huh.NewOption("A greeter, to be changed into what you need", startGreeter),
		huh.NewOption("The services of a .proto file", startProto),
		huh.NewOption("A Go interface", startInterface))
}

// ask puts questions to the person at the terminal. Where Err is no screen, they are lines, and so are the answers.
func (s Streams) ask(ctx context.Context, questions []question) error {
	if !s.Screen {
		return s.askInLines(ctx, questions)
	}
	groups := make([]*huh.Group, len(questions))
	for i, q := range questions {
		groups[i] = huh.NewGroup(q.field)
		if q.hidden != nil {
			groups[i].WithHideFunc(q.hidden)
		}
	}
	if err := huh.NewForm(groups...).WithInput(s.In).WithOutput(s.Err).RunWithContext(ctx); err != nil {
		return fmt.Errorf("%w (%w)", errNoAnswer, err)
	}
	return nil
}

func (s Streams) askInLines(ctx context.Context, questions []question) error {
	for _, q := range questions {
		if q.hidden != nil && q.hidden() {
			continue
		}
		if q.hint != nil {
			fmt.Fprintf(s.Err, "(%s if you answer nothing)\n", q.hint())
		}
		if err := s.askInLine(ctx, q.field); err != nil {
			return err
		}
	}
	return nil
}

// askInLine does not wait for an answer when ctx is cancelled; the goroutine that still reads ends with the process,
// because nothing else can interrupt it.
func (s Streams) askInLine(ctx context.Context, field huh.Field) error {
	in := &endingReader{Reader: s.In}
	out := &colorprofile.Writer{Forward: s.Err, Profile: colorprofile.NoTTY}
	answered := make(chan error, 1)
	go func() { answered <- field.RunAccessible(out, in) }()
	select {
	case <-ctx.Done():
		return errNoAnswer
	case err := <-answered:
		if in.err != nil { // huh takes the end of the input for an answer
			return errNoAnswer
		}
		return err
	}
}

// An endingReader remembers the error that ended its input.
type endingReader struct {
	io.Reader
	err error
}

func (r *endingReader) Read(p []byte) (n int, err error) {
	n, err = r.Reader.Read(p)
	r.err = cmp.Or(r.err, err)
	return n, err
}
