package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// addOptions are those of "goplugin-new add plugin" and "goplugin-new add service".
type addOptions struct {
	writing
	dir, goPackage string
	language       string // of a plugin
	plan           func(ctx context.Context, project *scaffold.Project, name, goPackage string) (*scaffold.Plan, error)
	what           string
}

func addCommand(stdout io.Writer) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a plugin or a service to a project",
		Example: `  goplugin-new add plugin german
  goplugin-new add service notifier`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return fmt.Errorf("expected plugin or service behind add") },
	}
	plugin := &addOptions{writing: writing{stdout: stdout}, what: "plugin"}
	service := &addOptions{writing: writing{stdout: stdout}, what: "service"}
	plugin.plan = func(ctx context.Context, project *scaffold.Project, name, goPackage string) (*scaffold.Plan, error) {
		if plugin.language != languageGo {
			return project.AddForeignPlugin(ctx, name, goPackage, plugin.language)
		}
		return project.AddPlugin(ctx, name, goPackage)
	}
	service.plan = func(ctx context.Context, project *scaffold.Project, name, goPackage string) (*scaffold.Plan, error) {
		return project.AddService(ctx, name, goPackage)
	}
	pluginCommand := plugin.command("Add a plugin to a project, with every method ready to be filled in",
		"  goplugin-new add plugin german\n  goplugin-new add plugin french --lang python")
	addLanguageFlag(pluginCommand, &plugin.language)
	cmd.AddCommand(
		pluginCommand,
		service.command("Add a service to a project's API, and generate its code", "  goplugin-new add service notifier"),
	)
	return cmd
}

func (o *addOptions) command(short, example string) *cobra.Command {
	cmd := &cobra.Command{
		Use:               o.what + " NAME",
		Short:             short,
		Example:           example,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              runE(o.run),
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&o.dir, "dir", ".", "directory of the project, or one in it")
	cmd.Flags().StringVar(&o.goPackage, "package", "", "Go package of the services, if there are several")
	_ = cmd.MarkFlagDirname("dir") // fails only for a flag that is not defined
	return cmd
}

func (o *addOptions) run(ctx context.Context, args []string) error {
	project, err := scaffold.FindHost(o.dir)
	if err != nil {
		return err
	}
	plan, err := o.plan(ctx, project, args[0], o.goPackage)
	if err != nil {
		return err
	}
	changes, err := o.changes(plan, project.Dir)
	if err != nil {
		return err
	}
	if project.Dir != "." && len(plan.Next) > 0 {
		plan.Next = append([]string{"cd " + project.Dir}, plan.Next...)
	}
	return o.carryOut(ctx, plan, project.Dir, fmt.Sprintf("Added %s %s: %s.", o.what, args[0], count(changes)))
}
