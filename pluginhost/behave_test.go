//go:build linux

package pluginhost

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/behaviourpb"
)

// A lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// serving is the implementation in the plugin's process.
type serving struct {
	pb.UnimplementedCallback
	pb.UnimplementedStream
}

func (serving) Add(ctx context.Context, helper pb.Helper, a, b int64, _ bool) (int64, error) {
	if helper == nil {
		return a + b, nil
	}
	return helper.Sum(ctx, a, b)
}

// Die calls the helper until the plugin is dead.
func (serving) Die(ctx context.Context, helper pb.Helper) error {
	_, err := helper.Sum(ctx, 0, 0)
	return err
}

func (serving) Count(_ context.Context, limit, size int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for i := range limit {
			if !yield(bytes.Repeat([]byte{byte(i)}, int(size)), nil) {
				return
			}
		}
	}
}

// acting is an implementation whose Add does something first.
type acting struct {
	serving
	act func()
}

func (a acting) Add(ctx context.Context, helper pb.Helper, x, y int64, twice bool) (int64, error) {
	a.act()
	return a.serving.Add(ctx, helper, x, y, twice)
}

func serve() { serveActing(func() {}) }

func serveActing(act func()) {
	pb.Serve(pb.PluginSet{Callback: acting{act: act}, Stream: serving{}})
}

// serveChanged serves with another configuration.
func serveChanged(change func(*plugin.ServeConfig)) {
	config := pb.ServeConfig(pb.PluginSet{Callback: serving{}, Stream: serving{}})
	change(config)
	plugin.Serve(config)
}

// shake prints a handshake, or something else, where go-plugin has not redirected it.
func shake(text string) {
	for len(text) > 0 {
		n, err := syscall.Write(1, []byte(text))
		if err != nil {
			panic(err)
		}
		text = text[n:]
	}
}

// listenAndShake prints the handshake of a plugin that accepts no connection.
func listenAndShake() net.Listener {
	listener, err := net.Listen("unix", os.Getenv(plugin.EnvUnixSocketDir)+"/s")
	if err != nil {
		panic(err)
	}
	shake("1|1|unix|" + listener.Addr().String() + "|grpc\n")
	return listener
}

func hang() { select {} }

// fail ends a plugin. What it writes to os.Stderr while it serves would be lost with it.
func fail(text string, code int) {
	_, _ = syscall.Write(2, []byte(text+"\n"))
	os.Exit(code)
}

// parentVariable holds the process id of who started a process.
const parentVariable = "TEST_PARENT"

// self starts this binary again.
func self(behaviour string, own bool) {
	binary, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), behaviourVariable+"="+behaviour, parentVariable+"="+strconv.Itoa(os.Getpid()))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if own {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
}

// behaviours are what the plugins of the tests do.
var behaviours = map[string]func(){
	"serve":             serve,
	"serve netrpc":      serveNetRPC,
	"serve version 3":   func() { serveChanged(func(c *plugin.ServeConfig) { c.ProtocolVersion = 3 }) },
	"other application": func() { serveChanged(func(c *plugin.ServeConfig) { c.MagicCookieValue = "other" }) },
	"no end":            func() { serve(); hang() },
	"environment": func() {
		var seen []string
		for _, variable := range os.Environ() {
			if strings.HasPrefix(variable, "HOST_") {
				seen = append(seen, variable)
			}
		}
		slices.Sort(seen)
		fmt.Fprintf(os.Stderr, "environment: %v\n", seen)
		serve()
	},
	"hang": func() {
		fmt.Fprintln(os.Stderr, "waiting for the database")
		fmt.Println("please wait")
		hang()
	},
	"exit 0":    func() { fmt.Println("hello, world") },
	"exit 3":    func() { fail("no configuration\nsee the manual", 3) },
	"killed":    func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); hang() },
	"panic":     func() { panic("no abacus\nin the house") },
	"bind":      func() { fail("[ERROR] plugin init error: listen unix /x: bind: invalid argument", 0) },
	"silent":    func() { os.Stdout.Close(); hang() },
	"no number": func() { shake("1|x|unix|/tmp/x|grpc\n"); hang() },
	"old socket of another": func() { // the one that the test listens on
		shake("1|7|unix|" + os.Getenv("TMPDIR") + "/other|grpc\n")
		hang()
	},
	"old socket of a version": func() {
		os.Unsetenv(plugin.EnvUnixSocketDir)
		serveChanged(func(c *plugin.ServeConfig) { c.ProtocolVersion = 7 })
	},
	"core 2":  func() { shake("2|1|unix|/tmp/x|grpc\n"); hang() },
	"cert":    func() { shake("1|1|unix|/tmp/x|grpc|" + strings.Repeat("A", 400) + "\n"); hang() },
	"old":     func() { shake("1|1|unix|/tmp/x|grpc\n"); hang() },
	"nowhere": func() { shake("1|1|unix|/nowhere/at/all|grpc\n"); hang() },
	"deaf":    func() { listenAndShake(); hang() },
	"brief":   func() { listenAndShake(); fail("out of licenses", 4) },

	"noise": func() {
		fmt.Println("loading")
		fmt.Println(strings.Repeat("x", 1<<20))
		fmt.Print(strings.Repeat("y", 5<<20), " 42% ")
		serveActing(func() {
			for range 40 {
				shake(strings.Repeat("z", 1<<16))
			}
		})
	},
	"hostile log": func() {
		for _, text := range []string{`{"@message":1}`, `{"@level":{},"@message":"x"}`, `{"@message":"x","@timestamp":7}`, `{"@`, "\x00\xff", "", "{}"} {
			fmt.Fprintln(os.Stderr, text)
		}
		serve()
	},
	"old socket": func() { // of a plugin that knows no PLUGIN_UNIX_SOCKET_DIR
		os.Unsetenv(plugin.EnvUnixSocketDir)
		serveActing(func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); hang() })
	},
	"kill in a call":  func() { serveActing(func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); hang() }) },
	"print in a call": func() { serveActing(func() { fmt.Println("adding") }) },
	"stop in a call":  func() { serveActing(func() { _ = syscall.Kill(os.Getpid(), syscall.SIGSTOP); hang() }) },
	"die in a call":   func() { serveActing(func() { fail("out of memory", 5) }) },
	"panic in a call": func() { serveActing(func() { go panic("abacus broken"); hang() }) },
	"child":           func() { self("hang", false); serve() },
	"child, then die": func() { self("hang", false); serveActing(func() { os.Exit(6) }) },
	"far child":       func() { self("outlive", true); serve() },
	"outlive":         outlive,

	"host":           beHost,
	"full disk":      func() { beHostOn(0, "nr_inodes=1") },
	"read-only disk": func() { beHostOn(syscall.MS_RDONLY, "") },
}

// outlive lives, in a session of its own, longer than its parent, and holds its output open.
func outlive() {
	for range time.Tick(time.Millisecond) {
		if strconv.Itoa(os.Getppid()) != os.Getenv(parentVariable) {
			break
		}
	}
	<-time.After(time.Second)
}

// greeterPlugin is a plugin of net/rpc.
type greeterPlugin struct{}

func (greeterPlugin) Server(*plugin.MuxBroker) (any, error) { return greeterServer{}, nil }

func (greeterPlugin) Client(_ *plugin.MuxBroker, client *rpc.Client) (any, error) { return client, nil }

type greeterServer struct{}

// Greet is called by net/rpc.
func (greeterServer) Greet(name string, greeting *string) error {
	*greeting = "Hello, " + name + "!"
	return nil
}

func serveNetRPC() {
	plugin.Serve(&plugin.ServeConfig{HandshakeConfig: pb.Handshake, Plugins: plugin.PluginSet{"greeter": greeterPlugin{}}})
}
