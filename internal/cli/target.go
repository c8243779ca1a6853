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
	protoOptions
	cookies               []string
	project               string
	versions              []int
	tls, verbose, json    bool
	startTimeout, timeout time.Duration
}

func (o *targetOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&o.cookies, "cookie", nil, "magic cookie KEY=VALUE of the plugin's application; repeatable (default those found, see above)")
	flags.StringVar(&o.project, "project", "", "a directory of the Go module that has the magic cookie, such as the plugin's SDK or host (default the current one, and the plugin's)")
	flags.IntSliceVar(&o.versions, "protocol-version", nil, "a protocol version to offer; repeatable (default 0 to 99: the plugin takes its newest)")
	o.addProtoFlags(cmd, "a .proto file of the plugin's services, or a directory of them, for a plugin without reflection")
	flags.BoolVar(&o.tls, "tls", false, "connect over TLS, as hosts with AutoMTLS do (default only if the plugin does not start without)")
	flags.DurationVar(&o.startTimeout, "start-timeout", defaultStartTimeout, "how long the plugin may take to start")
	flags.BoolVar(&o.json, "json", false, "print the outcome as JSON")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "print on stderr all that the plugin writes, not only its warnings and errors")
	_ = cmd.MarkFlagDirname("project") // fails only for a flag that is not defined
}

// target returns the plugin to start. Its error is a mistake in the flags, or a failure.
func (o *targetOptions) target(ctx context.Context, path string, args []string, stderr io.Writer) (inspect.Target, error) {
	level := hclog.Warn
	if o.verbose {
		level = hclog.Trace
	}
	target := inspect.Target{
		Path: path, Args: args, Versions: o.versions, AutoMTLS: o.tls, StartTimeout: o.startTimeout, Timeout: o.timeout,
		Logger: hclog.New(&hclog.LoggerOptions{Output: stderr, Level: level, DisableTime: true}),
	}
	cookies, err := o.check()
	if err != nil {
		return target, err
	}
	if target.Cookies = cookies; len(cookies) == 0 {
		if target.Cookies, err = o.findCookies(ctx, path); err != nil {
			return target, failure{err}
		}
	}
	if len(o.protos) > 0 {
		target.Schema, err = o.schema(ctx)
	}
	if err != nil {
		return target, failure{err}
	}
	return target, nil
}

// check returns the magic cookies of the flags, or what is wrong with the flags.
func (o *targetOptions) check() ([]inspect.Cookie, error) {
	var mistakes []error
	for _, version := range o.versions {
		if version < 0 {
			mistakes = append(mistakes, fmt.Errorf("--protocol-version %d: expected 0 or more", version))
		}
	}
	if o.startTimeout < 0 || o.timeout < 0 {
		mistakes = append(mistakes, errors.New("--start-timeout and --timeout: expected a duration above 0, such as 30s"))
	}
	if err := o.checkProtos(); err != nil {
		mistakes = append(mistakes, err)
	}
	var cookies []inspect.Cookie
	for _, text := range o.cookies {
		cookie, err := inspect.ParseCookie(text)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("--cookie: %w", err))
		}
		cookies = append(cookies, cookie)
	}
	return cookies, errors.Join(mistakes...)
}

// findCookies returns the magic cookies to try for a plugin.
func (o *targetOptions) findCookies(ctx context.Context, path string) ([]inspect.Cookie, error) {
	if o.project != "" {
		cookies := inspect.ProjectCookies(ctx, o.project)
		if len(cookies) == 0 {
			return nil, fmt.Errorf("--project %s: expected a Go module with a HandshakeConfig whose MagicCookieKey and MagicCookieValue are constants, found none: give them with --cookie KEY=VALUE", o.project)
		}
		return cookies, nil
	}
	cookies := inspect.ProjectCookies(ctx, ".")
	cookies = append(cookies, inspect.ProjectCookies(ctx, filepath.Dir(path))...)
	cookies = append(cookies, inspect.SDKCookies(ctx, path)...)
	return append(cookies, inspect.KnownCookies()...), nil
}

// schema compiles the .proto files.
func (o *targetOptions) schema(ctx context.Context) (*inspect.Schema, error) {
	api, err := o.findAPI()
	if err != nil {
		return nil, err
	}
	request, err := api.Compile(ctx)
	if err != nil {
		return nil, err
	}
	return inspect.NewSchema(request)
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
