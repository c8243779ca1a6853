//go:build linux

package pluginhost

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// startHost starts this binary as a host, in a directory for its plugins, and returns it when it has started a plugin.
func (s *stage) startHost(behaviour string) *exec.Cmd {
	s.t.Helper()
	host := s.command(behaviour)
	host.Stderr = s.log
	stdout, err := host.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		s.t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "started\n" {
		s.t.Errorf("the host printed %q, %v", line, err)
	}
	return host
}

// beHost is a host whose plugins live in the directory that TMPDIR names.
func beHost() {
	config := quietConfig()
	binary, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = []string{behaviourVariable + "=serve"}
	if _, err := Start(context.Background(), config, cmd); err != nil {
		fmt.Printf("%v\n", err)
		os.Exit(1)
	}
	fmt.Println("started")
	hang()
}

// TestHostKilled holds that a plugin, which does nothing for it, does not outlive a host that is killed, and that the
// next host sweeps what is left.
func TestHostKilled(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	host := s.startHost("host")
	if n := len(marked(s.mark)); n != 2 {
		t.Fatalf("%d processes run, want a host and its plugin", n)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	eventually(t, "the plugin has ended", func() bool { return len(marked(s.mark)) == 0 })
	if left := s.directories(); len(left) != 1 {
		t.Errorf("the host left %q, want one directory, or the test is without effect", left)
	}
	p := s.start(s.config(), "serve")
	<-p.swept
	if left := s.directories(); len(left) != 1 {
		t.Errorf("the next host left %q, want its own directory", left)
	}
}

func (s *stage) directories() []string {
	paths, err := filepath.Glob(filepath.Join(s.dir, dirPrefix+"*"))
	if err != nil {
		s.t.Error(err)
	}
	return paths
}

// startFromThreadThatEnds starts a plugin, and returns when the thread is gone that called Start.
func (s *stage) startFromThreadThatEnds() *Plugin {
	type start struct {
		plugin *Plugin
		thread int
		err    error
	}
	starts := make(chan start)
	end := make(chan struct{})
	defer close(end)
	for {
		go func() {
			runtime.LockOSThread() // for good: the thread ends with the goroutine
			if syscall.Gettid() == os.Getpid() {
				starts <- start{}
				<-end // holds the main thread, which never ends, while another goroutine tries
				runtime.UnlockOSThread()
				return
			}
			p, err := Start(s.t.Context(), s.config(), s.command("serve"))
			starts <- start{p, syscall.Gettid(), err}
		}()
		started := <-starts
		if started.thread == 0 {
			continue
		}
		if started.err != nil {
			s.t.Fatal(started.err)
		}
		eventually(s.t, "the thread has ended", func() bool {
			_, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", started.thread))
			return errors.Is(err, fs.ErrNotExist)
		})
		return started.plugin
	}
}

// TestStartFromThreadThatEnds holds that a plugin does not die with the thread from which Start was called.
func TestStartFromThreadThatEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.startFromThreadThatEnds()
	expectSum(t, p)
	expectClose(t, p)
}

// TestOwnGroup holds that a Ctrl-C for the host's group does not reach the plugin.
func TestOwnGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p := s.start(s.config(), "serve")
	if group, err := syscall.Getpgid(p.PID()); group != p.PID() || err != nil {
		t.Errorf("the plugin %d is in group %d, %v", p.PID(), group, err)
	}
}

// TestPrivateDirectory holds that nobody else can reach the socket of a plugin.
func TestPrivateDirectory(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.start(s.config(), "serve")
	dirs := s.directories()
	if len(dirs) != 1 {
		t.Fatal(dirs)
	}
	if info, err := os.Stat(dirs[0]); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	sockets, _ := filepath.Glob(filepath.Join(dirs[0], "plugin-dir*", "plugin*"))
	if len(sockets) != 1 {
		t.Errorf("sockets: %q", sockets)
	}
}

// TestTemporaryDirectory runs a host in a mount namespace of its own, where its temporary directory is what a test
// needs.
func TestTemporaryDirectory(t *testing.T) {
	for name, want := range map[string]string{
		"full disk":      "no space left on device",
		"read-only disk": "read-only file system",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			host := s.command(name)
			host.Env = append(host.Env, "TMPDIR="+s.dir)
			host.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
			if os.Getuid() != 0 {
				host.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
				host.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
			}
			out, err := host.CombinedOutput()
			if errors.Is(err, fs.ErrPermission) {
				t.Skip("this system does not let its users mount:", err)
			}
			if !strings.Contains(string(out), "start plugin "+host.Path+": no private directory") || !strings.Contains(string(out), want) {
				t.Errorf("%v, and the host printed\n%s", err, out)
			}
		})
	}
}

// beHostOn is a host whose temporary directory is on a file system of its own.
func beHostOn(flags uintptr, options string) {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		panic(err)
	}
	if err := syscall.Mount("tmpfs", os.TempDir(), "tmpfs", flags, options); err != nil {
		panic(err)
	}
	beHost()
}

// TestOtherUser starts a plugin as another user, which only root may.
func TestOtherUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root starts processes of other users")
	}
	s := newStage(t)
	cmd := s.command("serve")
	// The test's own binary is in a directory of root's.
	public := filepath.Join(s.dir, "plugin")
	content, err := os.ReadFile(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(s.dir, 0o711), os.WriteFile(public, content, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd.Path = public
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	p, err := Start(t.Context(), s.config(), cmd)
	if err != nil {
		t.Fatal(err)
	}
	callback, _ := dispense(t, p)
	if sum, err := callback.Add(t.Context(), nil, 2, 3, false); sum != 5 || err != nil {
		t.Errorf("got %d, %v", sum, err)
	}
	if cmd.SysProcAttr.Setpgid {
		t.Error("the attributes of the command were changed")
	}
	if err := errors.Join(p.Close(patience(t)), os.Remove(public)); err != nil {
		t.Error(err)
	}
}
