package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// newOptions are those of "goplugin-new NAME".
type newOptions struct {
	writing
	protoOptions
	streams          Streams
	module, dir      string
	style, transport string
	layout           string
	goInterfaces     []string
}

func newCommand(streams Streams) *cobra.Command {
	o := &newOptions{writing: writing{stdout: streams.Out}, streams: streams}
	cmd := &cobra.Command{
		Use:   "goplugin-new NAME",
		Short: "Create a program with plugins",
		Long: `goplugin-new creates a project with a host, a plugin and the SDK that they share, on HashiCorp's go-plugin.
It builds, runs and passes its tests at once, on a machine that has only Go. With --proto, plugins serve an API that
exists: the host has a command for each method, and a plugin has them all, ready to be filled in.

Exit codes: 0 for success, 1 if what was asked for failed, 2 for a wrong command line.`,
		Example: `  goplugin-new greeter
  goplugin-new greeter --module github.com/you/greeter --dir ~/src/greeter
  goplugin-new kv --proto api/kv.proto
  goplugin-new kv --interface ./store.KV
  goplugin-new kv --proto-path api --proto api/kv/v1/kv.proto --proto api/kv/v1/admin.proto`,
		Args:              o.checkArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              runE(o.run),
	}
	o.addFlags(cmd)
	o.addGitFlag(cmd)
	cmd.Flags().StringVar(&o.module, "module", "", "path of the Go module (default example.com/NAME)")
	cmd.Flags().StringVar(&o.dir, "dir", "", "directory to create the project in; must not exist or be empty (default ./NAME)")
	o.addProtoFlags(cmd, "a .proto file whose services plugins serve, or a directory of them")
	cmd.Flags().StringArrayVar(&o.goInterfaces, "interface", nil, "a Go interface to start from, such as ./store.KV: its .proto file is made, and what it cannot carry is listed; repeatable")
	o.addGeneratorFlags(cmd)
	_ = cmd.MarkFlagDirname("dir") // fails only for a flag that is not defined
	return cmd
}

// addGeneratorFlags adds the flags with a few values each: the options of the generator, and the layout.
func (o *newOptions) addGeneratorFlags(cmd *cobra.Command) {
	for _, flag := range []struct {
		name, usage string
		value       *string
		values      []string
	}{
		{"style", "how messages appear in Go: auto, flat or message (default auto)", &o.style, []string{"auto", "flat", "message"}},
		{"transport", "what hosts and plugins speak: grpc, netrpc or both (default grpc)", &o.transport, []string{"grpc", "netrpc", "both"}},
		{"layout", "one Go module, or three (app, sdk and proto) that can become repositories: single or split (default single)", &o.layout, []string{scaffold.LayoutSingle, scaffold.LayoutSplit}},
	} {
		cmd.Flags().Var(&choice{flag.value, flag.values}, flag.name, flag.usage)
		_ = cmd.RegisterFlagCompletionFunc(flag.name, cobra.FixedCompletions(flag.values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// checkArgs expects a name. A person at a terminal may leave it out, and is asked.
func (o *newOptions) checkArgs(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0 && !o.streams.Terminal:
		return fmt.Errorf("expected the name of a project, such as \"goplugin-new greeter\"")
	case len(args) > 1:
		return fmt.Errorf("expected one name, found %d: %q", len(args), args)
	}
	return nil
}

func (o *newOptions) run(ctx context.Context, args []string) error {
	name, err := o.name(ctx, args)
	if err != nil {
		return err
	}
	dir := cmp.Or(o.dir, name)
	options := scaffold.Options{Name: name, Module: o.module, Style: o.style, Transport: o.transport, Layout: o.layout, Dir: dir}
	notes, err := o.setAPI(ctx, &options)
	if err != nil {
		return err
	}
	plan, err := scaffold.New(ctx, options)
	if err != nil {
		return err
	}
	plan.Notes = append(notes, plan.Notes...)
	if !o.force {
		if err := scaffold.CheckEmpty(dir); err != nil {
			return err
		}
	}
	return o.create(ctx, plan, dir)
}

// name returns the name of the project, and asks for it where the command line has none.
func (o *newOptions) name(ctx context.Context, args []string) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	return o.ask(ctx)
}

// setAPI sets the API that the flags name, if they name one, and returns what to tell about it.
func (o *newOptions) setAPI(ctx context.Context, options *scaffold.Options) (notes []string, err error) {
	if len(o.goInterfaces) == 0 {
		options.API, err = o.api()
		return nil, err
	}
	if len(o.protos) > 0 {
		return nil, errors.New("expected --proto or --interface, found both: a project starts from one of them")
	}
	options.API, notes, err = scaffold.FromInterface(ctx, *options, o.goInterfaces...)
	return notes, err
}

// api returns the API of the .proto files that the flags name; nil where they name none.
func (o *newOptions) api() (*scaffold.API, error) {
	if len(o.protos) == 0 {
		return nil, o.checkProtos()
	}
	return o.findAPI()
}
