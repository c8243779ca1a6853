package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// pluginOptions are those of "goplugin-new plugin".
type pluginOptions struct {
	writing
	scaffold.AloneOptions
	dir string
}

func pluginCommand(stdout io.Writer) *cobra.Command {
	o := &pluginOptions{writing: writing{stdout: stdout}}
	cmd := &cobra.Command{
		Use:   "plugin NAME --sdk MODULE[@VERSION]",
		Short: "Create a plugin in a project of its own, against a published SDK",
		Long: `plugin creates a plugin for a program that somebody else wrote: a Go module that needs only the SDK of that program,
with every method ready to be filled in. The go command downloads the SDK.`,
		Example: `  goplugin-new plugin greeter-german --sdk github.com/you/greeter
  goplugin-new plugin greeter-german --sdk github.com/you/greeter@v1.2.0 --module github.com/me/greeter-german`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              runE(o.run),
	}
	o.addFlags(cmd)
	o.addGitFlag(cmd)
	cmd.Flags().StringVar(&o.SDK, "sdk", "", "Go module of the SDK, with @VERSION or the latest")
	cmd.Flags().StringVar(&o.Package, "package", "", "Go package of the SDK, if there are several")
	cmd.Flags().StringVar(&o.Module, "module", "", "path of the plugin's Go module (default example.com/NAME)")
	cmd.Flags().StringVar(&o.dir, "dir", "", "directory to create the project in; must not exist or be empty (default ./NAME)")
	_ = cmd.MarkFlagRequired("sdk") // fail only for flags that are not defined
	_ = cmd.MarkFlagDirname("dir")
	return cmd
}

func (o *pluginOptions) run(ctx context.Context, args []string) error {
	o.Name = args[0]
	if o.dir == "" {
		o.dir = o.Name
	}
	if !o.force {
		if err := scaffold.CheckEmpty(o.dir); err != nil {
			return err
		}
	}
	plan, err := scaffold.Alone(ctx, o.AloneOptions)
	if err != nil {
		return err
	}
	return o.create(ctx, plan, o.dir)
}
