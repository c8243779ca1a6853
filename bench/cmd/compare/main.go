// Command compare runs the benchmarks of package bench in rounds and prints how the peers compare.
//
// A round is one run of every benchmark, in which the peers take turns within a second or two. So whatever else the
// machine does meanwhile slows all of them, and the ratio of two times of the same round says more than either time.
// Their order changes from round to round, because the first to run finds colder caches.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

type options struct {
	rounds    int
	bench     string
	benchtime string
	peers     string
	output    string
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 20, "number of rounds; confidence intervals take at least 6")
	flag.StringVar(&o.bench, "bench", ".", "regular expression of the benchmarks to run, as go test takes it")
	flag.StringVar(&o.benchtime, "benchtime", "100ms", "time of one benchmark in one round, as go test takes it")
	flag.StringVar(&o.peers, "peers", "handwritten,generated,handwritten.again",
		"peers of BenchmarkCall, BenchmarkStream and BenchmarkCopy, in order: handwritten, generated, option sets of options_test.go, or chunk sizes of copy_test.go; the first is what the others are compared with")
	flag.StringVar(&o.output, "o", "", "file for the results as the benchmarks print them (default: none)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "goplugin-bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.output == "" {
		o.output = filepath.Join(dir, "results.txt")
	}
	if err := measure(ctx, o, filepath.Join(dir, "bench.test")); err != nil {
		return err
	}
	return report(ctx, o.output, out)
}

// measure builds the benchmarks and runs all rounds into the output file.
func measure(ctx context.Context, o options, binary string) error {
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "./bench")
	build.Dir = tools.Root()
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the benchmarks: %w", err)
	}
	results, err := os.Create(o.output)
	if err != nil {
		return err
	}
	for i := range o.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", i+1, o.rounds)
		if err := round(ctx, o, i, binary, results); err != nil {
			return fmt.Errorf("round %d: %w", i+1, err)
		}
	}
	return results.Close()
}

// rotate returns the list with the element i at its head.
func rotate(list string, i int) string {
	elements := strings.Split(list, ",")
	i %= len(elements)
	return strings.Join(slices.Concat(elements[i:], elements[:i]), ",")
}

// round runs every benchmark once. An interrupted one is told so, that it ends its plugins.
func round(ctx context.Context, o options, number int, binary string, results io.Writer) error {
	cmd := exec.CommandContext(ctx, binary, "-test.run=^$", "-test.bench="+o.bench, "-test.benchtime="+o.benchtime,
		"-peers="+rotate(o.peers, number), "-round="+strconv.Itoa(number))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdout = results
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// report prints benchstat's tables, with the peers side by side, and then the ratios of the rounds.
func report(ctx context.Context, results string, out io.Writer) error {
	path, err := filepath.Abs(results)
	if err != nil {
		return err
	}
	benchstat := exec.CommandContext(ctx, "go", "tool", "benchstat", "-row", ".fullname", "-col", "/peer", path)
	benchstat.Dir = filepath.Join(tools.Root(), "tools")
	benchstat.Stdout = out
	benchstat.Stderr = os.Stderr
	if err := benchstat.Run(); err != nil {
		return fmt.Errorf("benchstat: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, unit := range []string{"ns/op", "cpu-ns/op"} {
		t, err := readTimes(bytes.NewReader(data), unit)
		if err != nil {
			return err
		}
		if err := t.print(out, unit); err != nil {
			return err
		}
	}
	return nil
}
