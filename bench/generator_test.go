package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/gen"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

var roundNumber = flag.Int("round", 0, "number of the round, which says what BenchmarkGenerator and BenchmarkStart begin with")

// generator is a program that protoc runs, built from source. What follows a dot in its name tells it from itself.
type generator struct{ name, program string }

// BenchmarkGenerator measures protoc-gen-goplugin as a program against protoc-gen-go-grpc as a program, on one request,
// and the generator without a process around it.
func BenchmarkGenerator(b *testing.B) {
	theirs, ours := buildGenerators(b)
	generators := []generator{{"protoc-gen-go-grpc", theirs}, {"generated", ours}, {"protoc-gen-go-grpc.again", theirs}}
	first := *roundNumber % len(generators)
	for _, services := range []int{250, 500, 1000, 2000} {
		b.Run(fmt.Sprintf("services=%d", services), func(b *testing.B) {
			req, path := writeRequest(b, services)
			for _, g := range slices.Concat(generators[first:], generators[:first]) {
				b.Run("peer="+g.name, func(b *testing.B) { measureGenerator(b, g.program, path) })
			}
			b.Run("peer=generated.inprocess", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if resp := gen.Run(req); resp.Error != nil {
						b.Fatal(resp.GetError())
					}
				}
			})
		})
	}
}

// buildGenerators builds protoc-gen-go-grpc, at the version that tools/go.mod pins, and protoc-gen-goplugin.
func buildGenerators(tb testing.TB) (theirs, ours string) {
	tb.Helper()
	dir := tb.TempDir()
	build := func(in, pkg, name string) string {
		program := filepath.Join(dir, name)
		if runtime.GOOS == "windows" {
			program += ".exe"
		}
		cmd := exec.CommandContext(context.Background(), "go", "build", "-o", program, pkg)
		cmd.Dir = in
		if output, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("go build %s: %v\n%s", pkg, err, output)
		}
		return program
	}
	return build(filepath.Join(tools.Root(), "tools"), "google.golang.org/grpc/cmd/protoc-gen-go-grpc", "protoc-gen-go-grpc"),
		build(tools.Root(), "./cmd/protoc-gen-goplugin", "protoc-gen-goplugin")
}

// writeRequest returns the request for a tree of so many services, and a file that holds it.
func writeRequest(tb testing.TB, services int) (*pluginpb.CodeGeneratorRequest, string) {
	tb.Helper()
	req, err := generatorRequest(services)
	if err != nil {
		tb.Fatal(err)
	}
	data, err := proto.Marshal(req)
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "request")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return req, path
}

// measureGenerator runs a program on a request b.N times and reports its time, its processor time and its peak memory.
func measureGenerator(b *testing.B, program, request string) {
	var sum spent
	for b.Loop() {
		s, err := runMeasured(program, request)
		if err != nil {
			b.Fatal(err)
		}
		sum.Time += s.Time
		sum.CPU += s.CPU
		sum.MaxRSS = max(sum.MaxRSS, s.MaxRSS)
	}
	b.ReportMetric(float64(sum.Time)/float64(b.N), "ns/op")
	b.ReportMetric(float64(sum.CPU)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(sum.MaxRSS)/(1<<20), "peak-MiB")
}

// TestGenerators holds that both generators take the request that is measured, that ours answers the same as a program,
// and that a run is measured.
func TestGenerators(t *testing.T) {
	const services, files, packages = 22, 11, 3
	req, path := writeRequest(t, services)
	theirs, ours := buildGenerators(t)
	if got := len(answer(t, theirs, path).GetFile()); got != files {
		t.Errorf("protoc-gen-go-grpc: got %d files, want %d", got, files)
	}
	got, want := answer(t, ours, path), gen.Run(req)
	if len(got.GetFile()) != files+packages {
		t.Errorf("protoc-gen-goplugin: got %d files, want %d", len(got.GetFile()), files+packages)
	}
	if !proto.Equal(got, want) {
		t.Error("protoc-gen-goplugin answers otherwise than the generator in this process")
	}
	if s, err := runMeasured(ours, path); s.Time <= 0 || err != nil {
		t.Errorf("measured %+v, %v", s, err)
	}
	if _, err := runMeasured(ours, os.DevNull); err == nil {
		t.Error("measured a run that failed, without an error")
	}
}

// answer returns the response of a generator to a request.
func answer(t *testing.T, program, request string) *pluginpb.CodeGeneratorResponse {
	t.Helper()
	in, err := os.Open(request)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Stdin = in
	data, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	resp := new(pluginpb.CodeGeneratorResponse)
	if err := proto.Unmarshal(data, resp); err != nil || resp.Error != nil {
		t.Fatal(err, resp.GetError())
	}
	return resp
}
