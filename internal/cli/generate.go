package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// generateOptions are those of "goplugin-new generate".
type generateOptions struct {
	writing
	check bool
	dir   string
}

func generateCommand(stdout io.Writer) *cobra.Command {
	o := &generateOptions{writing: writing{stdout: stdout}}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Generate a project's code anew, without protoc or buf",
		Long: `generate does what "buf generate" does for the buf.yaml and buf.gen.yaml of a project, and writes the same bytes.
protoc-gen-go and protoc-gen-goplugin are built in; other local plugins are run as buf would. Generated files whose
.proto file or service is gone are removed.

With --check nothing is written, and the exit code is 1 if anything would be.`,
		Example: `  goplugin-new generate
  goplugin-new generate --check`,
		Args: cobra.NoArgs,
		RunE: runE(o.run),
	}
	o.addFlags(cmd)
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing, and fail if the generated code is not what the .proto files give")
	cmd.Flags().StringVar(&o.dir, "dir", ".", "directory of the project, or one in it")
	_ = cmd.MarkFlagDirname("dir") // fails only for a flag that is not defined
	return cmd
}

func (o *generateOptions) run(ctx context.Context, _ []string) error {
	project, err := scaffold.FindProject(o.dir)
	if err != nil {
		return err
	}
	plan, err := project.Regenerate(ctx)
	if err != nil {
		return err
	}
	changes, err := o.changes(plan, project.Dir)
	if err != nil {
		return err
	}
	if o.check {
		o.dryRun = true
	}
	summary := fmt.Sprintf("Generated %d files: %s.", len(plan.Files), count(changes))
	if len(plan.Removed) > 0 && !o.dryRun {
		plan.Notes = append(plan.Notes, "Removed, because the .proto files give them no more:\n  "+strings.Join(plan.Removed, "\n  "))
	}
	if o.json || !o.check {
		err = o.carryOut(ctx, plan, project.Dir, summary)
	}
	if err == nil && o.check && len(changes) > 0 {
		return drift(changes)
	}
	return err
}

// drift returns the error of a check that failed.
func drift(changes []scaffold.Change) error {
	var list strings.Builder
	listChanges(&list, changes)
	return fmt.Errorf("%d generated files are not what the .proto files give: \"goplugin-new generate\" would\n%s",
		len(changes), strings.TrimRight(list.String(), "\n"))
}

// count sums up changes: "1 created, 2 updated".
func count(changes []scaffold.Change) string {
	numbers := map[scaffold.Action]int{}
	for _, c := range changes {
		numbers[c.Action]++
	}
	var parts []string
	for _, action := range []scaffold.Action{scaffold.Create, scaffold.Update, scaffold.Remove} {
		if n := numbers[action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %sd", n, action))
		}
	}
	if len(parts) == 0 {
		return "all were up to date"
	}
	return strings.Join(parts, ", ")
}
