package bench

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

var peerNames = flag.String("peers", "handwritten,generated,handwritten.again", "peers of BenchmarkCall, in order")

// running is a peer whose plugin runs.
type running struct {
	name string
	calls
}

// BenchmarkCall measures whole calls to plugins in processes of their own. The peers are innermost, so that those whose
// times are compared run within the same second.
func BenchmarkCall(b *testing.B) {
	peers := startAll(b, strings.Split(*peerNames, ","))
	run := func(name string, call func(calls) func() error) {
		for _, callers := range []int{1, 16, 64} {
			for _, p := range peers {
				b.Run(fmt.Sprintf("%s/callers=%d/peer=%s", name, callers, p.name), func(b *testing.B) {
					measure(b, p.meter, callers, call(p.calls))
				})
			}
		}
	}
	run("rpc=greet", func(c calls) func() error {
		return func() error { _, err := c.greet(); return err }
	})
	for _, size := range []struct {
		name  string
		bytes int
	}{{"1KiB", 1 << 10}, {"64KiB", 64 << 10}, {"1MiB", 1 << 20}} {
		data := payload(size.bytes)
		run("rpc=echo/payload="+size.name, func(c calls) func() error {
			return func() error { _, err := c.echo(data); return err }
		})
	}
}

// startAll starts the plugins of the peers. They end with the benchmark.
func startAll(b *testing.B, names []string) []running {
	var all []running
	for _, name := range names {
		p, err := findPeer(name)
		if err != nil {
			b.Fatal(err)
		}
		client, c, err := start(p, p)
		b.Cleanup(client.Kill)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, running{name, c})
	}
	return all
}

// measure makes b.N calls from each of a number of goroutines at once, so that none of them is ever idle, and reports
// what one call took of the time, and what it allocated on either side.
func measure(b *testing.B, plugin benchpb.Meter, callers int, call func() error) {
	hostBefore, pluginBefore := usage(b, meter{}), usage(b, plugin)
	b.ResetTimer()
	callFrom(b, callers, call)
	b.StopTimer()
	hostAfter, pluginAfter := usage(b, meter{}), usage(b, plugin)
	total := float64(b.N * callers)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/total, "ns/op")
	b.ReportMetric(float64(hostAfter.GetMallocs()-hostBefore.GetMallocs())/total, "host-allocs/op")
	b.ReportMetric(float64(hostAfter.GetTotalAlloc()-hostBefore.GetTotalAlloc())/total, "host-B/op")
	b.ReportMetric(float64(pluginAfter.GetMallocs()-pluginBefore.GetMallocs())/total, "plugin-allocs/op")
	b.ReportMetric(float64(pluginAfter.GetTotalAlloc()-pluginBefore.GetTotalAlloc())/total, "plugin-B/op")
}

// callFrom makes b.N calls from each of a number of goroutines; from this one if it is one.
func callFrom(b *testing.B, callers int, call func() error) {
	calls := func() {
		for range b.N {
			if err := call(); err != nil {
				b.Error(err)
				return
			}
		}
	}
	var group sync.WaitGroup
	for range callers - 1 {
		group.Go(calls)
	}
	calls()
	group.Wait()
}

func usage(b *testing.B, meter benchpb.Meter) *benchpb.UsageResponse {
	b.Helper()
	used, err := meter.Usage(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	return used
}
