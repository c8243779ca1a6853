package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// times are the times of an operation, by benchmark and peer, in the order of rounds.
type times struct {
	rows    []string // benchmarks in the order of their first appearance
	byPeer  map[string]map[string][]float64
	columns map[string][]string // the peers of each row, likewise; the first is what the others are compared with
}

// resultLine is a line such as "BenchmarkX/rpc=put/peer=bare-2   1000   56.1 ns/op   ...".
var resultLine = regexp.MustCompile(`^Benchmark(\S+)/peer=(\S+?)(?:-\d+)?\s+\d+\s`)

// readTimes reads the values of a unit from what benchmarks printed.
func readTimes(results io.Reader, unit string) (*times, error) {
	t := &times{byPeer: map[string]map[string][]float64{}, columns: map[string][]string{}}
	lines := bufio.NewScanner(results)
	for lines.Scan() {
		match := resultLine.FindStringSubmatch(lines.Text())
		fields := strings.Fields(lines.Text())
		at := slices.Index(fields, unit)
		if match == nil || at < 0 {
			continue
		}
		value, err := strconv.ParseFloat(fields[at-1], 64)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", lines.Text(), err)
		}
		t.add(match[1], match[2], value)
	}
	return t, lines.Err()
}

func (t *times) add(row, peer string, value float64) {
	if t.byPeer[row] == nil {
		t.rows = append(t.rows, row)
		t.byPeer[row] = map[string][]float64{}
	}
	if t.byPeer[row][peer] == nil {
		t.columns[row] = append(t.columns[row], peer)
	}
	t.byPeer[row][peer] = append(t.byPeer[row][peer], value)
}

// print prints, unless there is nothing, a line for every benchmark and peer, with the ratio of its time to that of the first peer.
func (t *times) print(out io.Writer, unit string) error {
	if len(t.rows) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nratios of "+unit+"\tpeer\tmedian\t95 % interval\trounds")
	for _, row := range t.rows {
		base := t.columns[row][0]
		for _, peer := range t.columns[row][1:] {
			r := compare(t.byPeer[row][peer], t.byPeer[row][base])
			fmt.Fprintf(w, "%s\t%s / %s\t%.3f\t%s\t%d\n", row, peer, base, r.median, r.interval(), r.rounds)
		}
	}
	return w.Flush()
}

// A ratio compares two peers.
type ratio struct {
	median, low, high float64
	rounds            int
}

// compare returns the median of the ratios of times that were taken in the same round. The interval around it holds
// the true median with at least 95 % probability whatever the distribution: its ends are order statistics.
func compare(times, base []float64) ratio {
	var ratios []float64
	for i := range min(len(times), len(base)) {
		ratios = append(ratios, times[i]/base[i])
	}
	slices.Sort(ratios)
	n := len(ratios)
	if n == 0 {
		return ratio{}
	}
	r := ratio{median: (ratios[(n-1)/2] + ratios[n/2]) / 2, rounds: n}
	if k := outside(n); k >= 0 {
		r.low, r.high = ratios[k], ratios[n-1-k]
	}
	return r
}

// outside returns how many of n sorted values to leave out at each end, so that the rest holds the median with 95 %
// probability; -1 where n is too small.
func outside(n int) int {
	probability, sum := 1.0, 0.0
	for range n {
		probability /= 2
	}
	k := -1
	for i := 0; i < n/2; i++ {
		if sum += probability; sum > 0.025 {
			break
		}
		k = i
		probability *= float64(n-i) / float64(i+1)
	}
	return k
}

// interval returns the interval as text, marked where it does not tell the two peers apart.
func (r ratio) interval() string {
	switch {
	case r.low == 0:
		return "too few rounds"
	case r.low <= 1 && 1 <= r.high:
		return fmt.Sprintf("%.3f to %.3f, no difference", r.low, r.high)
	}
	return strings.TrimSpace(fmt.Sprintf("%.3f to %.3f", r.low, r.high))
}
