package cli

import (
	"context"
	"os/exec"
)

// initGit makes dir a git repository, unless it is inside of one, and reports whether it did. Projects need no git, so
// that a missing or failing git is no error.
func initGit(ctx context.Context, dir string) bool {
	if exec.CommandContext(ctx, "git", "-C", dir, "rev-parse", "--is-inside-work-tree").Run() == nil {
		return false
	}
	return exec.CommandContext(ctx, "git", "init", "--quiet", "--initial-branch", "main", dir).Run() == nil
}
