package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// newOptions are those of "goplugin-new NAME".
type newOptions struct {
	writing
	module string
	dir    string
}

func newCommand(stdout io.Writer) *cobra.Command {
	o := &newOptions{writing: writing{stdout: stdout}}
	cmd := &cobra.Command{
		Use:   "goplugin-new NAME",
		Short: "Create a program with plugins",
		Long: `goplugin-new creates a project with a host, a plugin and the SDK that they share, on HashiCorp's go-plugin.
It builds, runs and passes its tests at once, on a machine that has only Go.`,
		Example: `  goplugin-new greeter
  goplugin-new greeter --module github.com/you/greeter --dir ~/src/greeter`,
		Args:              exactName,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              runE(o.run),
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&o.module, "module", "", "path of the Go module (default example.com/NAME)")
	cmd.Flags().StringVar(&o.dir, "dir", "", "directory to create the project in; must not exist or be empty (default ./NAME)")
	_ = cmd.MarkFlagDirname("dir") // fails only for a flag that is not defined
	return cmd
}

func exactName(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return fmt.Errorf("expected the name of a project, such as \"goplugin-new greeter\"")
	case 1:
		return nil
	}
	return fmt.Errorf("expected one name, found %d: %q", len(args), args)
}

func (o *newOptions) run(ctx context.Context, args []string) error {
	name, dir := args[0], o.dir
	if dir == "" {
		dir = name
	}
	plan, err := scaffold.New(ctx, scaffold.Options{Name: name, Module: o.module})
	if err != nil {
		return err
	}
	if !o.force {
		if err := scaffold.CheckEmpty(dir); err != nil {
			return err
		}
	}
	plan.Next = append([]string{"cd " + dir}, plan.Next...)
	return o.carryOut(ctx, plan, dir, fmt.Sprintf("Created %s: %d files.", dir, len(plan.Files)))
}
