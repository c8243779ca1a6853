package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/goplugin-dev/goplugin/internal/inspect"
)

// callOptions are those of "goplugin-new call".
type callOptions struct {
	targetOptions
	timeout time.Duration
	stdin   io.Reader
	stdout  io.Writer
}

func callCommand(streams Streams) *cobra.Command {
	o := &callOptions{stdin: streams.In, stdout: streams.Out}
	cmd := &cobra.Command{
		Use:   "call BINARY SERVICE/METHOD [JSON|-] [-- ARGS]",
		Short: "Call a method of a plugin",
		Long: `call starts a plugin as inspect does, calls one method and prints the responses as JSON. SERVICE is the full name of a
service, or its last part.

The request is JSON, "-" for that on stdin, by default an empty message. A method that takes a stream takes several
JSON values one behind the other, by default from stdin, and each response is printed on a line, as it comes.

An error of the plugin is printed with its code and its details, and the exit code is 1. With --json, it is also the last
line on stdout, and every response is on one line.`,
		Example: `  goplugin-new call plugins/bin/greeter-english GreeterService/Greet '{"name": "Ada"}'
  goplugin-new call ./terraform-provider-time tfplugin5.Provider/GetMetadata --timeout 5s
  seq 3 | jq -c '{n: .}' | goplugin-new call ./plugin SumService/Sum`,
		Args: func(cmd *cobra.Command, args []string) error {
			if own, _ := splitArgs(cmd, args); len(own) < 2 || len(own) > 3 {
				return fmt.Errorf("expected BINARY SERVICE/METHOD and maybe JSON, such as \"goplugin-new call ./plugin GreeterService/Greet '{}'\", found %q", own)
			}
			return nil
		},
		ValidArgsFunction: o.complete,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		own, plugin := splitArgs(cmd, args)
		target, err := o.target(cmd.Context(), own[0], plugin, cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		return runE(func(ctx context.Context, _ []string) error {
			return o.call(ctx, target, own[1], own[2:])
		})(cmd, args)
	}
	o.addFlags(cmd)
	cmd.Flags().DurationVar(&o.timeout, "timeout", 0, "deadline of the call, such as 5s (default none)")
	return cmd
}

// call starts a plugin and calls a method. request is empty or holds one argument.
func (o *callOptions) call(ctx context.Context, target inspect.Target, name string, request []string) error {
	err := use(ctx, target, func(p *inspect.Plugin) error {
		method, err := p.Method(name)
		if err != nil {
			return err
		}
		if o.timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, o.timeout)
			defer cancel()
		}
		return p.Call(ctx, method, requestReader(method, request, o.stdin), func(response json.RawMessage) error {
			return o.print(method, response)
		})
	})
	if err != nil && o.json {
		line, jsonErr := json.Marshal(problem{inspect.ProblemOf(err)})
		fmt.Fprintf(o.stdout, "%s\n", line)
		return errors.Join(err, jsonErr)
	}
	return err
}

// requestReader returns where the requests are read from.
func requestReader(method protoreflect.MethodDescriptor, request []string, stdin io.Reader) io.Reader {
	switch {
	case len(request) == 0 && !method.IsStreamingClient():
		return strings.NewReader("")
	case len(request) == 0 || request[0] == "-":
		return stdin
	}
	return strings.NewReader(request[0])
}

// print prints a response: a single one for people on several lines.
func (o *callOptions) print(method protoreflect.MethodDescriptor, response json.RawMessage) error {
	var text bytes.Buffer
	if o.json || method.IsStreamingServer() {
		text.Write(response)
	} else if err := json.Indent(&text, response, "", "  "); err != nil {
		return err
	}
	text.WriteByte('\n')
	_, err := o.stdout.Write(text.Bytes())
	return err
}

// complete completes SERVICE/METHOD, for which it starts the plugin.
func (o *callOptions) complete(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return nil, cobra.ShellCompDirectiveDefault
	case 1:
	default:
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx := cmd.Context()
	target, err := o.target(ctx, args[0], nil, io.Discard)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var methods []string
	err = use(ctx, target, func(p *inspect.Plugin) (err error) {
		methods, err = p.Methods()
		return err
	})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return methods, cobra.ShellCompDirectiveNoFileComp
}
