package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// errNoAnswer says that the person at the terminal ended the input.
var errNoAnswer = errors.New("no answer")

// An asker asks the person at a terminal.
type asker struct {
	in  *bufio.Reader
	out io.Writer
}

// ask returns the answer to a question, or what is offered if it is empty. It asks again until check is content, and
// gives up when ctx is cancelled.
func (a *asker) ask(ctx context.Context, question, offered string, check func(string) error) (string, error) {
	if offered != "" {
		question += " [" + offered + "]"
	}
	for {
		fmt.Fprintf(a.out, "%s: ", question)
		answer, err := a.readLine(ctx)
		if err != nil {
			return "", err
		}
		if answer == "" {
			answer = offered
		}
		if err = check(answer); err == nil {
			return answer, nil
		}
		fmt.Fprintf(a.out, "%v\n", err)
	}
}

// readLine returns the next line. When ctx is cancelled it returns at once; the goroutine that still reads ends with the
// process, because nothing else can interrupt it.
func (a *asker) readLine(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := a.in.ReadString('\n')
		lines <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case l := <-lines:
		if l.err != nil {
			return "", errNoAnswer
		}
		return strings.TrimSpace(l.text), nil
	}
}
