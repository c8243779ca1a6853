package main

import (
	"os"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
)

// TestMain is the plugin where the soak starts this binary.
func TestMain(m *testing.M) {
	if os.Getenv(benchpb.Handshake.MagicCookieKey) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A short soak leaves nothing, and says what it did.
func TestShortSoak(t *testing.T) {
	t.Setenv("TMPDIR", os.TempDir()) // put back what the soak sets
	var out strings.Builder
	if err := run(t.Context(), options{starts: 4, callers: 50, crashes: 2}, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"4 starts and stops", "50 callers across 2 crashes", ", 0 failed otherwise", "after"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the soak does not say %q:\n%s", want, out.String())
		}
	}
}

// More of anything is a leak.
func TestCompare(t *testing.T) {
	before := left{heap: 1 << 20, goroutines: 3, files: 10, temporary: 0}
	if err := before.compare(before); err != nil {
		t.Error(err)
	}
	for what, after := range map[string]left{
		"goroutines":      {heap: 1 << 20, goroutines: 4, files: 10},
		"files":           {heap: 1 << 20, goroutines: 3, files: 11},
		"temporary files": {heap: 1 << 20, goroutines: 3, files: 10, temporary: 1},
		"bytes of heap":   {heap: 1<<20 + slack + 1, goroutines: 3, files: 10},
	} {
		if err := before.compare(after); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
