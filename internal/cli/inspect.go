package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/inspect"
)

func inspectCommand(stdout io.Writer) *cobra.Command {
	o := &targetOptions{}
	cmd := &cobra.Command{
		Use:   "inspect BINARY [-- ARGS]",
		Short: "Start a plugin, and print what it is and serves",
		Long: `inspect starts a plugin of any go-plugin application, in any language, as a host does, and prints its handshake, its
health, and its services with their methods and a request for each, which it learns by gRPC reflection, or from the .proto
files that --proto gives. To see which magic cookie it knows, and whether it supports AutoMTLS and multiplexing, the
plugin is started a few times more.

If the plugin does not start, inspect says why and what to do, and the exit code is 1.

A plugin starts only for a host that knows its application's magic cookie. Without --cookie those that are found are
tried: in the Go code of the project around the current directory, of the project around the plugin, of what these
import, of what an executable in Go was built from, as far as Go's module cache has it; and those of
` + applications() + `.`,
		Example: `  goplugin-new inspect plugins/bin/greeter-english
  goplugin-new inspect ./terraform-provider-time --json
  goplugin-new inspect ./plugin --cookie MY_PLUGIN=secret --protocol-version 2 -- --config dev.hcl`,
		Args: func(cmd *cobra.Command, args []string) error {
			if own, _ := splitArgs(cmd, args); len(own) != 1 {
				return fmt.Errorf("expected the path of one plugin, such as \"goplugin-new inspect ./plugin\", found %d", len(own))
			}
			return nil
		},
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		own, plugin := splitArgs(cmd, args)
		target, err := o.target(cmd.Context(), own[0], plugin, cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		return runE(func(ctx context.Context, _ []string) error { return o.inspect(ctx, target, stdout) })(cmd, args)
	}
	o.addFlags(cmd)
	cmd.Flags().DurationVar(&o.timeout, "timeout", defaultQuestionTimeout, "how long the plugin may take to tell its health, and its services")
	return cmd
}

// defaultQuestionTimeout is for what every plugin answers at once.
const defaultQuestionTimeout = 10 * time.Second

// applications names those whose magic cookies are known.
func applications() string {
	var names []string
	for _, cookie := range inspect.KnownCookies() {
		if !slices.Contains(names, cookie.Application) {
			names = append(names, cookie.Application)
		}
	}
	return strings.Join(names, ", ")
}

func (o *targetOptions) inspect(ctx context.Context, target inspect.Target, stdout io.Writer) error {
	var report *inspect.Report
	err := use(ctx, target, func(p *inspect.Plugin) (err error) {
		report, err = p.Report(ctx)
		return err
	})
	switch {
	case err != nil && o.json:
		return errors.Join(err, printJSON(stdout, problem{inspect.ProblemOf(err)}))
	case err != nil:
		return err
	case o.json:
		return printJSON(stdout, report)
	}
	printReport(stdout, report)
	return nil
}

// printReport prints a report for people.
func printReport(out io.Writer, r *inspect.Report) {
	fmt.Fprintf(out, "%s started in %.0f ms.\n\n", r.Path, r.StartMilliseconds)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	h := r.Handshake
	row("built from", buildText(r.Build))
	row("magic cookie", cookieText(r))
	row("core protocol", fmt.Sprint(h.CoreProtocol))
	row("app protocol", fmt.Sprint(h.AppProtocol))
	row("protocol", h.Protocol)
	row("network", h.Network)
	row("TLS", tlsText(h))
	if h.Multiplexing != nil {
		row("multiplexing", featureText("supported", *h.Multiplexing))
	}
	row("health", r.Health)
	_ = table.Flush() // to the command's own output
	printServices(out, r)
}

// buildText returns what an executable in Go was built from, or nothing.
func buildText(b *inspect.Build) string {
	if b == nil || b.Module == "" {
		return ""
	}
	text := b.Module
	if b.Version != "" {
		text += " " + b.Version
	}
	text += ", with " + b.Go
	if b.GoPlugin != "" {
		text += " and go-plugin " + b.GoPlugin
	}
	return text
}

// cookieText returns the magic cookie as --cookie takes it, or nothing if it is not known.
func cookieText(r *inspect.Report) string {
	switch {
	case r.CookieIgnored:
		return "not looked at: the plugin starts for every host"
	case r.Cookie == nil:
		return ""
	case r.Cookie.Application != "":
		return fmt.Sprintf("%s=%s (%s)", r.Cookie.Key, r.Cookie.Value, r.Cookie.Application)
	}
	return r.Cookie.Key + "=" + r.Cookie.Value
}

func tlsText(h inspect.Handshake) string {
	switch {
	case h.TLSRequired:
		return h.TLS + "; without it, the plugin does not start"
	case h.TLS != "":
		return h.TLS
	}
	return featureText("not used; AutoMTLS is supported", h.AutoMTLS)
}

// featureText returns what to print for a feature: a text, or why it is not supported.
func featureText(supported string, f inspect.Feature) string {
	if f.Supported {
		return supported
	}
	first, _, _ := strings.Cut(f.Problem, "\n")
	return "not supported: " + first
}

// printServices prints each method as a .proto file has it, with a request to copy.
func printServices(out io.Writer, r *inspect.Report) {
	switch {
	case r.Handshake.Protocol == "netrpc":
		fmt.Fprint(out, "\nThe plugin speaks net/rpc, which has no reflection: its interfaces are known to its host alone.\n")
	case r.ReflectionProblem != "":
		fmt.Fprintf(out, "\nThe services are not known: %s.\n", r.ReflectionProblem)
	case len(r.Services) == 0:
		fmt.Fprint(out, "\nThe plugin serves nothing but go-plugin's own services.\n")
	}
	for _, service := range r.Services {
		fmt.Fprintf(out, "\nservice %s\n", service.Name)
		if service.Problem != "" {
			fmt.Fprintf(out, "  its methods are not known: %s\n", service.Problem)
		}
		own := service.Name[:strings.LastIndex(service.Name, ".")+1]
		for _, method := range service.Methods {
			fmt.Fprintf(out, "  rpc %s(%s) returns (%s)\n", method.Name,
				streamText(method, "client", strings.TrimPrefix(method.Request, own)),
				streamText(method, "server", strings.TrimPrefix(method.Response, own)))
			fmt.Fprintf(out, "      %s\n", method.Example)
		}
	}
	if len(r.OwnServices) > 0 {
		fmt.Fprintf(out, "\nand of gRPC and go-plugin: %s\n", strings.Join(r.OwnServices, ", "))
	}
}

// streamText returns a message as a .proto file has it on that side of a method.
func streamText(method inspect.Method, side, message string) string {
	if strings.HasPrefix(method.Shape, side) || strings.HasPrefix(method.Shape, "bidirectional") {
		return "stream " + message
	}
	return message
}
