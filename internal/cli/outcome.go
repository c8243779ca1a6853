package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// writing is what all commands that write files have in common.
type writing struct {
	dryRun, force, json bool
	noGit               bool // of the commands that create a project
	stdout              io.Writer
}

func (w *writing) addFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.dryRun, "dry-run", false, "print what would change, and change nothing")
	cmd.Flags().BoolVar(&w.force, "force", false, "overwrite files that a person may have changed")
	cmd.Flags().BoolVar(&w.json, "json", false, "print the outcome as JSON")
}

// addGitFlag adds the flag of the commands that create a project.
func (w *writing) addGitFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.noGit, "no-git", false, "do not make the project a git repository")
}

// create is carryOut for a new project, which becomes a git repository.
func (w *writing) create(ctx context.Context, plan *scaffold.Plan, dir string) error {
	next := []string{"cd " + dir}
	if plan.Has("go.mod") && inWorkspace(ctx, dir) {
		next = append(next, "go work use .") // without it the go command refuses the module
	}
	plan.Next = append(next, plan.Next...)
	err := w.carryOut(ctx, plan, dir, fmt.Sprintf("Created %s: %d files.", dir, len(plan.Files)))
	if err == nil && !w.dryRun && !w.noGit && initGit(ctx, dir) && !w.json {
		fmt.Fprintf(w.stdout, "\n%s is a git repository, without a commit yet.\n", dir)
	}
	return err
}

// changes returns what carrying out a plan changes.
func (w *writing) changes(plan *scaffold.Plan, dir string) ([]scaffold.Change, error) {
	if w.force {
		plan.Force()
	}
	return plan.Changes(dir)
}

// outcome is what a command prints with --json.
type outcome struct {
	Dir     string            `json:"dir"`
	DryRun  bool              `json:"dryRun"`
	Changes []scaffold.Change `json:"changes"`
	Notes   []string          `json:"notes,omitempty"`
	Next    []string          `json:"next,omitempty"`
}

// carryOut applies a plan to dir, or only looks what it would change, and prints the outcome. summary is its first line
// for people.
func (w *writing) carryOut(ctx context.Context, plan *scaffold.Plan, dir, summary string) error {
	if w.force {
		plan.Force()
	}
	apply := plan.Apply
	if w.dryRun {
		apply = func(_ context.Context, dir string) ([]scaffold.Change, error) { return plan.Changes(dir) }
	}
	changes, err := apply(ctx, dir)
	if err != nil {
		return err
	}
	o := outcome{Dir: dir, DryRun: w.dryRun, Changes: changes, Notes: plan.Notes, Next: plan.Next}
	if w.json {
		return printJSON(w.stdout, o)
	}
	o.print(w.stdout, summary)
	return nil
}

// print prints the outcome for people. Every change is listed where nothing was changed yet.
func (o outcome) print(out io.Writer, summary string) {
	if o.DryRun {
		fmt.Fprintf(out, "Nothing is changed. In %s this would:\n", o.Dir)
		listChanges(out, o.Changes)
	} else {
		fmt.Fprintf(out, "%s\n", summary)
	}
	for _, note := range o.Notes {
		fmt.Fprintf(out, "\n%s\n", note)
	}
	if len(o.Next) == 0 || o.DryRun {
		return
	}
	fmt.Fprint(out, "\nNext:\n")
	for _, command := range o.Next {
		fmt.Fprintf(out, "  %s\n", command)
	}
}

func listChanges(out io.Writer, changes []scaffold.Change) {
	for _, c := range changes {
		fmt.Fprintf(out, "  %-8s %s\n", c.Action, c.Path)
	}
}
