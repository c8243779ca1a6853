//go:build linux

package pluginhost

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"go.uber.org/goleak"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

const (
	// behaviourVariable says what the test binary does, started as a plugin or as a host.
	behaviourVariable = "TEST_BEHAVIOUR"

	// markVariable marks the processes that belong to one test.
	markVariable = "TEST_MARK"
)

// TestMain is also the main of the plugins that the tests start: the test binary itself. After all tests, no goroutine
// and no file of theirs may be left.
func TestMain(m *testing.M) {
	if name := os.Getenv(behaviourVariable); name != "" {
		behaviours[name]()
		return
	}
	before := openFiles()
	code := m.Run()
	// go-plugin's broker waits five seconds after each connection, whatever becomes of the plugin.
	err := goleak.Find(goleak.IgnoreTopFunction("github.com/hashicorp/go-plugin.(*GRPCBroker).timeoutWait"))
	if err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if after := openFiles(); after > before && code == 0 {
		fmt.Fprintf(os.Stderr, "%d files are open after the tests, %d were before\n", after, before)
		code = 1
	}
	os.Exit(code)
}

// openFiles returns how many files this process has open, or 0 where the system does not tell.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// A stage is where a test starts plugins. When the test ends, no process and no file of them may be left.
type stage struct {
	t    *testing.T
	dir  string // temporary directory of the plugins
	mark string
	log  *lockedBuffer
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir, err := os.MkdirTemp("", "st") // that of the test has too long a name for sockets
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, dir: dir, mark: filepath.Base(dir), log: new(lockedBuffer)}
	t.Cleanup(s.verify)
	return s
}

// verify fails the test if something is left.
func (s *stage) verify() {
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) > 0 {
		s.t.Errorf("left in the temporary directory: %v, %v", entries, err)
	}
	eventually(s.t, "no process of the test is left", func() bool { return len(marked(s.mark)) == 0 })
	if err := os.RemoveAll(s.dir); err != nil {
		s.t.Error(err)
	}
	if s.t.Failed() {
		s.t.Logf("the log:\n%s", s.log)
	}
}

// marked returns the ids of the processes that have a mark in their environment. Zombies have none.
func marked(mark string) []string {
	var ids []string
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range paths {
		environ, _ := os.ReadFile(path)
		if bytes.Contains(environ, []byte(markVariable+"="+mark+"\x00")) {
			ids = append(ids, filepath.Base(filepath.Dir(path)))
		}
	}
	return ids
}

// quietConfig returns the configuration of a host that logs nothing.
func quietConfig() *plugin.ClientConfig {
	config := pb.ClientConfig()
	config.Logger = hclog.NewNullLogger()
	return config
}

// config returns the configuration of a host, which logs to the stage's log.
func (s *stage) config() *plugin.ClientConfig {
	config := pb.ClientConfig()
	config.Logger = hclog.New(&hclog.LoggerOptions{Output: s.log, Level: hclog.Trace, Name: "host"})
	config.UnixSocketConfig = &plugin.UnixSocketConfig{TempDir: s.dir}
	return config
}

// command returns the command of a plugin that behaves so.
func (s *stage) command(behaviour string) *exec.Cmd {
	s.t.Helper()
	if behaviours[behaviour] == nil {
		s.t.Fatalf("there is no behaviour %q", behaviour)
	}
	binary, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = []string{
		behaviourVariable + "=" + behaviour, markVariable + "=" + s.mark, "TMPDIR=" + s.dir,
		"GORACE=atexit_sleep_ms=0", // a plugin with the race detector would take a second to end
	}
	return cmd
}

// start starts a plugin that behaves so, and closes it with the test.
func (s *stage) start(config *plugin.ClientConfig, behaviour string, options ...Option) *Plugin {
	s.t.Helper()
	p, err := Start(s.t.Context(), config, s.command(behaviour), options...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		expectClose(s.t, p)
	})
	return p
}

// patience returns a context for what a busy machine can take its time for.
func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// expectClose closes a plugin that ends when it is asked to.
func expectClose(t *testing.T, p *Plugin) {
	t.Helper()
	if err := p.Close(patience(t)); err != nil {
		t.Error(err)
	}
}

// dispense returns the two interfaces of a plugin.
func dispense(t *testing.T, p *Plugin) (pb.Callback, pb.Stream) {
	t.Helper()
	callback, err := pb.DispenseCallback(p)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := pb.DispenseStream(p)
	if err != nil {
		t.Fatal(err)
	}
	return callback, stream
}

// eventually waits until something is true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Errorf("after 20 s, it is not so that %s", what)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// within fails a test whose function does not return in time, which is far above what it takes.
func within(t *testing.T, limit time.Duration, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatalf("%s did not end within %v", what, limit)
	}
}

// shown returns a text without what differs from run to run.
func (s *stage) shown(text string) string {
	binary, _ := os.Executable()
	return strings.NewReplacer(binary, "/plugins/plugin", s.dir, "/tmp/dir").Replace(text)
}
