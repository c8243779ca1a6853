package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/inspect"
)

// defaultStartTimeout is shorter than go-plugin's minute: a person waits.
const defaultStartTimeout = 20 * time.Second

// targetOptions are what all commands that start a plugin have in common.
type targetOptions struct {
	cookies            []string
	versions           []int
	tls, verbose, json bool
	startTimeout       time.Duration
}

func (o *targetOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&o.cookies, "cookie", nil, "magic cookie KEY=VALUE of the plugin's application; repeatable (default those of the project around the current directory or the plugin, and of well-known applications)")
	flags.IntSliceVar(&o.versions, "protocol-version", nil, "a protocol version to offer; repeatable (default 0 to 99: the plugin takes its newest)")
	flags.BoolVar(&o.tls, "tls", false, "connect over TLS, as hosts with AutoMTLS do")
	flags.DurationVar(&o.startTimeout, "start-timeout", defaultStartTimeout, "how long the plugin may take to start")
	flags.BoolVar(&o.json, "json", false, "print the outcome as JSON")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "print on stderr all that the plugin writes, not only its warnings and errors")
}

// target returns the plugin to start.
func (o *targetOptions) target(ctx context.Context, path string, args []string, stderr io.Writer) (inspect.Target, error) {
	level := hclog.Warn
	if o.verbose {
		level = hclog.Trace
	}
	target := inspect.Target{
		Path: path, Args: args, Versions: o.versions, AutoMTLS: o.tls, StartTimeout: o.startTimeout,
		Logger: hclog.New(&hclog.LoggerOptions{Output: stderr, Level: level, DisableTime: true}),
	}
	var mistakes []error
	for _, version := range o.versions {
		if version < 0 {
			mistakes = append(mistakes, fmt.Errorf("--protocol-version %d: expected 0 or more", version))
		}
	}
	for _, text := range o.cookies {
		cookie, err := inspect.ParseCookie(text)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("--cookie: %w", err))
		}
		target.Cookies = append(target.Cookies, cookie)
	}
	if len(o.cookies) == 0 {
		target.Cookies = findCookies(ctx, path)
	}
	return target, errors.Join(mistakes...)
}

// findCookies returns the magic cookies to try for a plugin.
func findCookies(ctx context.Context, path string) []inspect.Cookie {
	cookies := inspect.ProjectCookies(ctx, ".")
	cookies = append(cookies, inspect.ProjectCookies(ctx, filepath.Dir(path))...)
	return append(cookies, inspect.KnownCookies()...)
}

// use starts a plugin, lets do use it, and ends it: also after Ctrl-C.
func use(ctx context.Context, target inspect.Target, do func(*inspect.Plugin) error) error {
	p, err := target.Start(ctx)
	if err != nil {
		return err
	}
	err = do(p)
	return errors.Join(err, p.Close(context.WithoutCancel(ctx)))
}

// splitArgs returns the arguments before "--", and those after it, which are the plugin's.
func splitArgs(cmd *cobra.Command, args []string) (own, plugin []string) {
	if at := cmd.ArgsLenAtDash(); at >= 0 {
		return args[:at], args[at:]
	}
	return args, nil
}

// printJSON prints a value on several lines.
func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// A problem is the outcome of a command that failed, with --json.
type problem struct {
	Error inspect.Problem `json:"error"`
}
