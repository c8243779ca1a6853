package scaffold

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/goplugin-dev/goplugin/internal/scaffold/bufgen"
)

// Regenerate returns the plan that brings the generated code of the project in dir to what its .proto files give. It
// replaces generated files alone.
func Regenerate(ctx context.Context, dir string) (*Plan, error) {
	output, err := bufgen.Generate(ctx, dir, nil)
	if err != nil {
		return nil, err
	}
	return generatedPlan(output, dir), nil
}

// generatedPlan returns the plan that writes what generators made.
func generatedPlan(output *bufgen.Output, dir string) *Plan {
	plan := &Plan{Removed: output.Stale}
	for _, path := range slices.Sorted(maps.Keys(output.Files)) {
		old, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		plan.Files = append(plan.Files, File{
			Path:    path,
			Content: []byte(output.Files[path]),
			Replace: err == nil && bufgen.IsGenerated(string(old)),
		})
	}
	return plan
}
