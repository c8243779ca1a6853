package pluginhost

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Start starts a plugin and returns when it has answered. It takes any configuration of go-plugin and does not change it:
// gRPC and net/rpc, VersionedPlugins, SecureConfig, TLS, generated and hand-written plugin sets. The command is copied
// and not started itself; it is nil where the configuration has a Cmd or a RunnerFunc.
//
// ctx governs the start alone: when it is done, the plugin is killed. StartTimeout of the configuration, by default a
// minute, limits the time to the handshake. Where the configuration has no Logger, one for Info and above is used.
//
// The error is a *StartError. After it, nothing of the plugin is left. After success, call Close.
//
// If the environment variable COOKIEKEY_REATTACH is set, where COOKIEKEY is the MagicCookieKey, Start starts no process:
// it connects to the plugin that the variable describes, such as one in a debugger. Close of that Plugin disconnects.
func Start(ctx context.Context, config *plugin.ClientConfig, command *exec.Cmd, options ...Option) (*Plugin, error) {
	s, err := newSettings(config, command, options)
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.limited(ctx)
	defer cancel()
	start := s.start
	if _, attach := os.LookupEnv(reattachVariable(s.config.MagicCookieKey)); attach {
		start = s.attach
	}
	p, e := start(ctx)
	if e != nil {
		e.Path = s.name()
		return nil, e
	}
	return p, nil
}

// start starts a process and connects to it.
func (s *settings) start(ctx context.Context) (*Plugin, *StartError) {
	base := s.config.UnixSocketConfig.TempDir
	if base == "" {
		base = os.TempDir()
	}
	dir, e := s.makeDir(base)
	if e != nil {
		return nil, e
	}
	p := s.newPlugin()
	p.tidy = sync.OnceValue(dir.remove)
	p.sweep = func() {
		defer close(p.swept)
		sweep(base)
	}
	f := new(front)
	client := plugin.NewClient(s.clientConfig(ctx, p, f, dir.path))
	_, err := client.Start()
	if err == nil {
		p.version = client.NegotiatedVersion()
		p.run(f.process())
		p.unlink = func() error { return removeSocket(f.session.runner, f.handshake) }
		err = p.connect(ctx, client.Client)
	}
	if err == nil && f.supervisor != nil {
		err = f.supervisor.establish()
	}
	if err == nil {
		go p.sweep() // only now: a start should not wait for the processor
		go p.watch()
		return p, nil
	}
	return nil, s.giveUp(ctx, p, f, err)
}

// run sets what runs the plugin.
func (p *Plugin) run(process process) {
	p.process, p.link.process = process, process
	if s, ok := process.(*supervisor); ok {
		p.link.supervised, p.retire = s, s.retire
	}
}

// newPlugin returns a plugin that has no process yet.
func (s *settings) newPlugin() *Plugin {
	logger := s.config.Logger.Named(filepath.Base(s.name()))
	out := newOutput(logger, s.config.Stderr, cmp.Or(s.config.PluginLogBufferSize, defaultLineLimit))
	p := &Plugin{
		name: s.name(), out: out, swept: make(chan struct{}), done: make(chan struct{}), release: func() {}, retire: func() {},
		unlink: func() error { return nil },
		synced: []*lineWriter{{output: out, stream: syncStdout}, {output: out, stream: syncStderr}},
	}
	p.link = &link{closing: p.isClosing}
	return p
}

// makeDir makes the private directory.
func (s *settings) makeDir(base string) (*privateDir, *StartError) {
	dir, err := makePrivateDir(base)
	if err != nil {
		return nil, failure(NoDirectory, fmt.Sprintf("no private directory for its sockets: %v", err),
			"make "+base+" writable, and see that its disk is not full\nset TMPDIR, or UnixSocketConfig.TempDir, to another directory", err)
	}
	if err := dir.socketTooLong(); err != nil {
		_ = dir.remove()
		return nil, failure(SocketPathTooLong, err.Error(), "set TMPDIR, or UnixSocketConfig.TempDir, to a shorter path", err)
	}
	if _, _, foreign := s.owner(); foreign || s.config.UnixSocketConfig.Group != "" {
		// Others may pass to go-plugin's directory in it, which is for the plugin's user or group.
		err = os.Chmod(dir.path, 0o711)
	}
	if err != nil {
		_ = dir.remove()
		return nil, failure(NoDirectory, err.Error(), "", err)
	}
	return dir, nil
}

// owner returns who a plugin runs as, if that is somebody else than the host.
func (s *settings) owner() (uid, gid int, foreign bool) {
	if s.command == nil {
		return 0, 0, false
	}
	return ownerOf(s.command.SysProcAttr)
}

// clientConfig returns the configuration with which go-plugin runs the plugin.
func (s *settings) clientConfig(ctx context.Context, p *Plugin, f *front, dir string) *plugin.ClientConfig {
	config := s.connectConfig(p)
	config.UnixSocketConfig.TempDir = dir
	l := &launcher{settings: s, out: p.out}
	f.launch = func() (*session, handshake, *StartError) { return l.launch(ctx) }
	if s.restarts != nil {
		f.supervise = func(first *session, h handshake) *supervisor {
			return newSupervisor(l, first, h, p.restarted(s.restarts))
		}
	}
	config.RunnerFunc = func(logger hclog.Logger, spec *exec.Cmd, socketDir string) (runner.Runner, error) {
		l.newRunner = func() (runner.Runner, error) { return s.runner(logger, spec, socketDir) }
		return f, s.shareWith(socketDir)
	}
	return config
}

// restarted returns what is called after a restart.
func (p *Plugin) restarted(restarts *Restarts) func(*ExitError) {
	return func(exit *ExitError) {
		if restarts.OnRestart != nil {
			restarts.OnRestart(p, exit)
		}
	}
}

// connectConfig returns the part of it that is for the connection.
func (s *settings) connectConfig(p *Plugin) *plugin.ClientConfig {
	config := *s.config
	p.link.config = &config
	config.GRPCDialOptions = slices.Concat(p.link.dialOptions(s.restarts != nil), config.GRPCDialOptions)
	unix := *s.config.UnixSocketConfig
	config.UnixSocketConfig = &unix
	config.RunnerFunc = nil
	config.SkipHostEnv = true // go-plugin would put it behind the command's own
	config.Stderr = nil       // the output writes to it
	if config.SyncStdout == nil {
		config.SyncStdout = p.synced[0]
	}
	if config.SyncStderr == nil {
		config.SyncStderr = p.synced[1]
	}
	return &config
}

// shareWith gives the directory of the sockets to the plugin's user.
func (s *settings) shareWith(socketDir string) error {
	uid, gid, foreign := s.owner()
	if !foreign {
		return nil
	}
	return os.Chown(socketDir, uid, gid)
}

// runner returns what runs the plugin: a process of the command, or what the host's own RunnerFunc returns. The command
// of go-plugin holds the environment alone.
func (s *settings) runner(logger hclog.Logger, spec *exec.Cmd, socketDir string) (runner.Runner, error) {
	cmd := *spec
	if s.command != nil {
		cmd = *s.command
	}
	cmd.Env = slices.Concat(s.env.inherited(), cmd.Env, spec.Env)
	if s.pinned != nil {
		cmd.Env = append(cmd.Env, clientCertVariable+"="+string(s.pinned.certPEM))
	}
	if s.command == nil {
		return s.config.RunnerFunc(logger, &cmd, socketDir)
	}
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", envHostPID, os.Getpid()))
	return newChild(&cmd)
}

// connect connects to a plugin whose handshake is there, and lets it answer once.
func (p *Plugin) connect(ctx context.Context, connect func() (plugin.ClientProtocol, error)) error {
	defer context.AfterFunc(ctx, p.process.kill)() // which ends every call here
	protocol, err := connect()
	if err != nil {
		return err
	}
	p.protocol = protocol
	p.release = sync.OnceFunc(func() { _ = protocol.Close() })
	err = protocol.Ping()
	if st, ok := status.FromError(err); ok && st.Code() != codes.Unavailable {
		err = nil // also an error is an answer: a plugin in another language may have no health service
	}
	return cmp.Or(ctx.Err(), err)
}

// giveUp frees what was for a plugin that did not start, and returns why.
func (s *settings) giveUp(ctx context.Context, p *Plugin, f *front, err error) *StartError {
	e, known := errors.AsType[*StartError](err)
	if !known {
		e = s.unanswered(ctx, f.session, err)
	}
	if process := f.process(); process != nil {
		process.kill()
		e.Handshake = f.handshake.String()
		e.Stdout, e.Stderr = f.session.stdout.get(), f.session.stderr.get()
	}
	p.release()
	p.sweep()
	_ = p.discard()
	return e
}

// unanswered returns why a plugin with a handshake cannot be called.
func (s *settings) unanswered(ctx context.Context, session *session, err error) *StartError {
	if ctx.Err() != nil {
		return s.interrupted(ctx)
	}
	if session == nil {
		return failure(NotStarted, fmt.Sprintf("go-plugin did not start it: %v", err), "", err)
	}
	e := failure(Unreachable, fmt.Sprintf("it printed its handshake, but does not answer: %v", err),
		"a plugin must listen before it prints its handshake\nlook whether one side uses TLS (AutoMTLS, TLSConfig, TLSProvider) and the other does not", err)
	timer := time.NewTimer(deathLimit) // its end comes to light after that of its connection
	defer timer.Stop()
	select {
	case <-session.ended:
		e.Reason = Exited
		e.ExitCode, e.Signal = exitOf(session.err)
		e.Problem = ending(e.ExitCode, e.Signal, session.err) + " just after its handshake"
		e.Remedy = "look at its output, and run it by hand"
	case <-timer.C:
	}
	return e
}
