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

var peerNames = flag.String("peers", "handwritten,generated,handwritten.again", "peers of BenchmarkCall and BenchmarkStream, in order")

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
					measure(b, p.meter, callers, 1, call(p.calls))
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
// what each of the operations that a call consists of took: of the time, of both processes' time on a processor (which a busy machine disturbs less), and of
// either's heap.
func measure(b *testing.B, plugin benchpb.Meter, callers, operations int, call func() error) {
	hostBefore, pluginBefore := usage(b, meter{}), usage(b, plugin)
	b.ResetTimer()
	callFrom(b, callers, call)
	b.StopTimer()
	host, remote := usage(b, meter{}), usage(b, plugin)
	report := func(after, before uint64, unit string) {
		b.ReportMetric(float64(after-before)/float64(b.N*callers*operations), unit)
	}
	report(uint64(b.Elapsed()), 0, "ns/op")
	report(host.GetCpu()+remote.GetCpu(), hostBefore.GetCpu()+pluginBefore.GetCpu(), "cpu-ns/op")
	report(host.GetMallocs(), hostBefore.GetMallocs(), "host-allocs/op")
	report(host.GetTotalAlloc(), hostBefore.GetTotalAlloc(), "host-B/op")
	report(remote.GetMallocs(), pluginBefore.GetMallocs(), "plugin-allocs/op")
	report(remote.GetTotalAlloc(), pluginBefore.GetTotalAlloc(), "plugin-B/op")
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
