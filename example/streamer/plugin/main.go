// Command plugin keeps the file that its argument names. It holds one chunk at a time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/goplugin-dev/goplugin/example/streamer/streamerv1"
)

type file struct {
	streamerv1.UnimplementedStreamer
	path string
}

// Write ends with an error where the input does: when the host's loop fails, and when the host goes away.
func (f file) Write(_ context.Context, chunks iter.Seq2[[]byte, error]) (size int64, err error) {
	out, err := os.Create(f.path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for chunk, err := range chunks {
		if err != nil {
			return size, err
		}
		n, err := out.Write(chunk)
		size += int64(n)
		if err != nil {
			return size, err
		}
	}
	return size, nil
}

// Read closes the file however the loop over its result ends: yield is false after the host's break.
func (f file) Read(_ context.Context, chunkSize int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := f.read(chunkSize, yield); err != nil {
			yield(nil, err)
		}
	}
}

func (f file) read(chunkSize int64, yield func([]byte, error) bool) error {
	if chunkSize < 1 {
		return fmt.Errorf("expected a chunk size of at least 1, found %d", chunkSize)
	}
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	for {
		chunk := make([]byte, chunkSize) // a new one: whoever gets it may keep it
		n, err := io.ReadFull(in, chunk)
		if n > 0 && !yield(chunk[:n], nil) {
			return nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "expected the path of a file as the argument")
		os.Exit(2)
	}
	streamerv1.Serve(streamerv1.PluginSet{Streamer: file{path: os.Args[1]}})
}
