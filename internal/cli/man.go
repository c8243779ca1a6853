package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/goplugin-dev/goplugin/internal/version"
)

// manCommand writes the manual pages, for those who package goplugin-new.
func manCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIRECTORY",
		Short:   "Write the manual pages into a directory",
		Example: "  goplugin-new man /usr/local/share/man/man1",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE: runE(func(_ context.Context, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("manual pages: %w", err)
			}
			root.DisableAutoGenTag = true // the same pages every day
			return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "goplugin " + version.Release()}, args[0])
		}),
	}
}
