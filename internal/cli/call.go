package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/goplugin-dev/goplugin/internal/inspect"
)

// callOptions are those of "goplugin-new call".
type callOptions struct {
	targetOptions
	headers []string
	stdin   io.Reader
	stdout  io.Writer
}

func callCommand(streams Streams) *cobra.Command {
	o := &callOptions{stdin: streams.In, stdout: streams.Out}
	cmd := &cobra.Command{
		Use:   "call BINARY SERVICE/METHOD [JSON|@FILE|-] [-- ARGS]",
		Short: "Call a method of a plugin",
		Long: `call starts a plugin as inspect does, calls one method and prints the responses as JSON. SERVICE is the full name of a
service, or its last part.

The request is JSON, "@FILE" for that in a file, "-" for that on stdin, by default an empty message. A method that takes a
stream takes several JSON values one behind the other, by default from stdin, and each response is printed on a line, as
it comes.

A plugin that was not made with go-plugin may have no reflection, by which its methods are known. Then --proto gives the
.proto files.

An error of the plugin is printed with its code and its details, and the exit code is 1. With --json, it is also the last
line on stdout, and every response is on one line.`,
		Example: `  goplugin-new call plugins/bin/greeter-english GreeterService/Greet '{"name": "Ada"}'
  goplugin-new call ./terraform-provider-time tfplugin5.Provider/GetMetadata --timeout 5s
  goplugin-new call ./plugin.py KV/Get @request.json --proto kv.proto --header tenant=blue
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
		header, err := o.header()
		if err != nil {
			return err
		}
		target, err := o.target(cmd.Context(), own[0], plugin, cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		return runE(func(ctx context.Context, _ []string) error {
			return o.call(ctx, target, own[1], own[2:], header)
		})(cmd, args)
	}
	o.addFlags(cmd)
	cmd.Flags().StringArrayVar(&o.headers, "header", nil, "metadata KEY=VALUE to send with the call; in base64 if KEY ends with -bin; repeatable")
	cmd.Flags().DurationVar(&o.timeout, "timeout", 0, "how long the call may take (default 1m, and no limit for one with a stream)")
	return cmd
}

// defaultCallTimeout is for calls without streams: a stream may well last.
const defaultCallTimeout = time.Minute

// header returns the metadata to send.
func (o *callOptions) header() (metadata.MD, error) {
	header := metadata.MD{}
	for _, text := range o.headers {
		if err := inspect.ParseHeader(header, text); err != nil {
			return nil, fmt.Errorf("--header: %w", err)
		}
	}
	return header, nil
}

// call starts a plugin and calls a method. request is empty or holds one argument.
func (o *callOptions) call(ctx context.Context, target inspect.Target, name string, request []string, header metadata.MD) error {
	err := use(ctx, target, func(p *inspect.Plugin) error {
		method, err := p.Method(name)
		if err != nil {
			return err
		}
		requests, err := openRequests(method, request, o.stdin)
		if err != nil {
			return err
		}
		defer requests.Close()
		ctx, cancel := o.limited(ctx, method)
		defer cancel()
		return p.Call(ctx, method, requests, inspect.CallOptions{Header: header}, func(response json.RawMessage) error {
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

// limited returns the context of a call.
func (o *callOptions) limited(ctx context.Context, method protoreflect.MethodDescriptor) (context.Context, context.CancelFunc) {
	limit := o.timeout
	if limit == 0 && !method.IsStreamingClient() && !method.IsStreamingServer() {
		limit = defaultCallTimeout
	}
	if limit == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

// openRequests returns where the requests are read from.
func openRequests(method protoreflect.MethodDescriptor, request []string, stdin io.Reader) (io.ReadCloser, error) {
	text := ""
	switch {
	case len(request) == 0 && method.IsStreamingClient():
		text = "-"
	case len(request) > 0:
		text = request[0]
	}
	if file, ok := strings.CutPrefix(text, "@"); ok {
		return os.Open(file)
	}
	if text == "-" {
		return io.NopCloser(stdin), nil
	}
	return io.NopCloser(strings.NewReader(text)), nil
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
