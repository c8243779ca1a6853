package main

import (
	"strings"
	"testing"
)

func TestReadTimes(t *testing.T) {
	const results = `goos: linux
BenchmarkCall/rpc=echo/callers=16/peer=handwritten-2    200    100 ns/op    58.29 plugin-allocs/op
BenchmarkCall/rpc=echo/callers=16/peer=handwritten.again-2    200    58.29 host-allocs/op    110.5 ns/op
BenchmarkCall/rpc=echo/callers=16/peer=generated    200    90 ns/op
BenchmarkCall/rpc=echo/callers=16/peer=handwritten-2    200    1e+02 ns/op
PASS
`
	got, err := readTimes(strings.NewReader(results), "ns/op")
	if err != nil {
		t.Fatal(err)
	}
	const row = "Call/rpc=echo/callers=16"
	if peers := strings.Join(got.columns[row], " "); peers != "handwritten handwritten.again generated" {
		t.Errorf("got peers %s", peers)
	}
	if ns := got.byPeer[row]["handwritten"]; len(ns) != 2 || ns[0] != 100 || ns[1] != 100 {
		t.Errorf("got times %v of handwritten", ns)
	}
	if ns := got.byPeer[row]["handwritten.again"]; len(ns) != 1 || ns[0] != 110.5 {
		t.Errorf("got times %v of handwritten.again", ns)
	}
}

func TestCompare(t *testing.T) {
	base := []float64{100, 200, 100, 400, 100, 100, 100}
	times := []float64{90, 180, 90, 360, 90, 90, 1000}
	got := compare(times, base)
	if got.median != 0.9 || got.low != 0.9 || got.high != 10 || got.rounds != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestOutside(t *testing.T) {
	// From tables of the binomial distribution.
	for n, want := range map[int]int{1: -1, 5: -1, 6: 0, 9: 1, 10: 1, 20: 5, 25: 7} {
		if got := outside(n); got != want {
			t.Errorf("%d rounds: got %d values outside at each end, want %d", n, got, want)
		}
	}
}
