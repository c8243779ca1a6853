package scaffold

import (
	"context"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/goplugin-dev/goplugin/internal/scaffold/bufgen"
)

// Regenerate returns the plan that brings the generated code of the project to what its .proto files give. It replaces
// generated files alone.
func (p *Project) Regenerate(ctx context.Context) (*Plan, error) {
	output, err := bufgen.Generate(ctx, p.sdkDir(), nil)
	if err != nil {
		return nil, err
	}
	return p.generatedPlan(output), nil
}

// generatedPlan returns the plan that writes what generators made.
func (p *Project) generatedPlan(output *bufgen.Output) *Plan {
	plan := &Plan{}
	for _, name := range output.Stale {
		plan.Removed = append(plan.Removed, path.Join(p.sdk, name))
	}
	for _, name := range slices.Sorted(maps.Keys(output.Files)) {
		old, err := os.ReadFile(filepath.Join(p.sdkDir(), filepath.FromSlash(name)))
		plan.Files = append(plan.Files, File{
			Path:    path.Join(p.sdk, name),
			Content: []byte(output.Files[name]),
			Replace: err == nil && bufgen.IsGenerated(string(old)),
		})
	}
	return plan
}
