package pluginserve_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/go-plugin"
)

// nobody is a user that is neither root nor, where tests run as root, theirs.
const nobody = 65534

// TestAnotherUserIsRefused opens a plugin's socket to everybody, so that only the peer's credentials are in the way.
func TestAnotherUserIsRefused(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	for name, test := range map[string]struct {
		change  func(*plugin.ClientConfig)
		refused bool
	}{
		"without TLS":                {transports["plain"], true},
		"the host has set a group":   {func(c *plugin.ClientConfig) { c.UnixSocketConfig = &plugin.UnixSocketConfig{Group: "0"} }, false},
		"TLS asks for a certificate": {transports["AutoMTLS"], true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "peer") // t.TempDir would be closed to others
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			h := startHost(t, "probe", test.change, func(c *plugin.ClientConfig) {
				c.Cmd.Env = append(c.Cmd.Env, "TMPDIR="+dir)
				c.SkipHostEnv = true
			})
			conn := h.connect(t)
			socket := openToAll(t, dir)
			if refused := knockAs(t, nobody, socket); refused != test.refused {
				t.Errorf("another user was refused: %v, want %v", refused, test.refused)
			}
			if _, err := do(conn, "pid"); err != nil {
				t.Errorf("the host was refused, too: %v", err)
			}
		})
	}
}

// openToAll returns the only socket in dir, and lets everybody connect to it.
func openToAll(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "plugin*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("sockets: %v, %v", found, err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(found[0], 0o777)); err != nil {
		t.Fatal(err)
	}
	return found[0]
}

// knockAs connects as a user, and reports whether the server hangs up without the frame that gRPC begins with.
func knockAs(t *testing.T, user int, socket string) (refused bool) {
	t.Helper()
	conn, err := dialAs(user, socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"); err != nil {
		return true
	}
	const settings = 4
	frame := make([]byte, 9)
	_, err = io.ReadFull(conn, frame)
	return err != nil || frame[3] != settings
}

// dialAs connects on a thread that belongs to a user, and ends with the connection made.
func dialAs(user int, socket string) (conn net.Conn, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, ^uintptr(0), uintptr(user), ^uintptr(0)); errno != 0 {
			err = errno
			return
		}
		conn, err = net.Dial("unix", socket)
	}()
	<-done
	return conn, err
}

// TestTLSWithoutTheHostsCertificate holds that who knows only the path of the socket gets nowhere under AutoMTLS.
func TestTLSWithoutTheHostsCertificate(t *testing.T) {
	dir := t.TempDir()
	h := startHost(t, "probe", transports["AutoMTLS"], func(c *plugin.ClientConfig) {
		c.Cmd.Env = append(c.Cmd.Env, "TMPDIR="+dir)
		c.SkipHostEnv = true
	})
	h.connect(t)
	conn, err := tls.Dial("unix", openToAll(t, dir), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err == nil {
		_, err = conn.Read(make([]byte, 1)) // TLS 1.3 tells only now
		_ = conn.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("a client without a certificate got %v", err)
	}
}

// TestAnotherProcessIsRefused holds that who knows only the path of the socket gets nowhere, also as the same user.
func TestAnotherProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	host := "GOPLUGIN_HOST_PID=1" // a process that is not this one
	h := startHost(t, "probe", func(c *plugin.ClientConfig) {
		c.Cmd.Env = append(c.Cmd.Env, "TMPDIR="+dir, host)
		c.SkipHostEnv = true
	})
	client := h.client
	t.Cleanup(client.Kill)
	if _, err := client.Start(); err != nil {
		t.Fatal(err)
	}
	if !knockAs(t, os.Getuid(), openToAll(t, dir)) {
		t.Error("a process that is not the host was let in")
	}
	h.log.await(t, "only the host, process 1, may")
}
