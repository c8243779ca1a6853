package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/go-plugin/runner"
)

// errStartTimeout is the cause of a start that took too long for the configuration.
var errStartTimeout = fmt.Errorf("StartTimeout passed: %w", context.DeadlineExceeded)

// A launcher starts the process of a plugin.
type launcher struct {
	*settings
	out       *output
	newRunner func() (runner.Runner, error)
}

// limited returns the context of a start, which ends with StartTimeout.
func (s *settings) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.config.StartTimeout, errStartTimeout)
}

// launch starts the process and returns it with its handshake, which the host understands.
func (l *launcher) launch(ctx context.Context) (*session, handshake, *StartError) {
	if ctx.Err() != nil {
		return nil, handshake{}, l.named(l.interrupted(ctx), nil)
	}
	s, e := l.start(ctx)
	if e != nil {
		return nil, handshake{}, l.named(e, nil)
	}
	h, err := s.await(ctx)
	if err == nil {
		e = l.verify(h)
	}
	if err == nil && e == nil {
		return s, h, nil
	}
	s.kill()
	if err != nil {
		e = l.silent(ctx, err, s)
	} else {
		e.Handshake = h.String()
		_ = removeSocket(s.runner, h) // why it was refused says more
	}
	return nil, handshake{}, l.named(e, s)
}

// named adds to an error what is known about the plugin.
func (l *launcher) named(e *StartError, s *session) *StartError {
	e.Path = l.name()
	if s != nil {
		e.Stdout, e.Stderr = s.stdout.get(), s.stderr.get()
	}
	return e
}

// start starts the process.
func (l *launcher) start(ctx context.Context) (*session, *StartError) {
	if e := l.verifyFile(); e != nil {
		return nil, e
	}
	r, err := l.newRunner()
	if err != nil {
		return nil, failure(NotStarted, err.Error(), "raise the limit of open files (ulimit -n), if that is it", err)
	}
	s, err := newSession(ctx, r, l.out)
	switch own, isChild := r.(*child); {
	case err == nil:
		return s, nil
	case ctx.Err() != nil:
		return nil, l.interrupted(ctx)
	case isChild:
		return nil, refusal(own.cmd, err)
	}
	return nil, failure(NotStarted, fmt.Sprintf("its runner did not start it: %v", err), "look at what the RunnerFunc of the configuration does", err)
}

// silent returns why no handshake came.
func (l *launcher) silent(ctx context.Context, err error, s *session) *StartError {
	switch {
	case errors.Is(err, errEnded):
		return l.ended(s)
	case errors.Is(err, errClosedStdout):
		return failure(BadHandshake, "it closed its stdout without a handshake, and lives on",
			"a plugin must print its handshake to stdout, and stay in the foreground", err)
	}
	return l.interrupted(ctx)
}

// interrupted returns why the context of a start is done.
func (s *settings) interrupted(ctx context.Context) *StartError {
	cause := context.Cause(ctx)
	if !errors.Is(cause, ctx.Err()) { // errors.Is finds both
		cause = fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	switch {
	case errors.Is(cause, errStartTimeout):
		return failure(Timeout, fmt.Sprintf("it was not ready within %v, the StartTimeout of the configuration", s.config.StartTimeout),
			"look what it waits for\nraise StartTimeout", cause)
	case errors.Is(cause, context.DeadlineExceeded):
		return failure(Timeout, "it was not ready at the deadline of the start's context", "look what it waits for\ngive the start more time", cause)
	}
	return failure(Canceled, fmt.Sprintf("the start was canceled: %v", cause), "", cause)
}

// cookieText is what go-plugin prints where the cookie is another one. Package pluginserve and plugins in other languages
// do the same.
const cookieText = "This binary is a plugin."

// ended returns why a plugin ended before its handshake.
func (l *launcher) ended(s *session) *StartError {
	e := failure(Exited, "", "look at its output, and run it by hand", s.err)
	e.ExitCode, e.Signal = exitOf(s.err)
	how := ending(e.ExitCode, e.Signal, s.err)
	e.Problem = how + " before its handshake"
	text := strings.ToLower(strings.Join(s.stderr.get(), "\n"))
	switch {
	case strings.Contains(text, strings.ToLower(cookieText)):
		e.Reason = WrongCookie
		e.Problem = fmt.Sprintf("it does not know the magic cookie %s=%s: it is a plugin of another application", l.config.MagicCookieKey, l.config.MagicCookieValue)
		e.Remedy = "look whether it is the right file\ngive the plugin the HandshakeConfig of the host"
	case strings.Contains(text, "bind: invalid argument"), strings.Contains(text, "bind: file name too long"):
		e.Reason = SocketPathTooLong
		e.Problem = how + ": the path of its socket is too long"
		e.Remedy = "set TMPDIR, or UnixSocketConfig.TempDir, to a shorter path"
	case e.ExitCode == 0:
		e.Remedy = "look whether it is a plugin of go-plugin, which serves until its host ends it"
	}
	return e
}
