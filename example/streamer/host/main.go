// Command host sends a text to the plugin beside it in chunks, and reads it back: all of it, and then only the start.
package main

import (
	"context"
	"fmt"
	"iter"
	"log"
	"os/exec"
	"slices"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/example/streamer/streamerv1"
)

const (
	text      = "Lorem ipsum dolor sit amet"
	chunkSize = 10
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	config := streamerv1.ClientConfig()
	config.Cmd = exec.Command("./plugin", "text.txt") // a plugin is a program, and may have arguments
	config.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Warn})
	client := plugin.NewClient(config)
	defer client.Kill()

	streamer, err := streamerv1.DispenseStreamer(client)
	if err != nil {
		return err
	}
	size, err := streamer.Write(ctx, chunks([]byte(text)))
	if err != nil {
		return err
	}
	fmt.Printf("wrote %d bytes\n", size)
	return read(ctx, streamer)
}

// read ranges over two streams. The break ends the call: the plugin reads no further, and closes its file.
func read(ctx context.Context, streamer streamerv1.Streamer) error {
	for chunk, err := range streamer.Read(ctx, chunkSize) {
		if err != nil {
			return err
		}
		fmt.Printf("read %q\n", chunk)
	}
	for chunk, err := range streamer.Read(ctx, chunkSize) {
		if err != nil {
			return err
		}
		fmt.Printf("read %q and no more\n", chunk)
		break
	}
	return nil
}

// chunks yields data in pieces. One that fails would yield an error as its last.
func chunks(data []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for chunk := range slices.Chunk(data, chunkSize) {
			if !yield(chunk, nil) {
				return
			}
		}
	}
}
