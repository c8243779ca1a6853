package scaffold

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/goplugin-dev/goplugin/internal/version"
)

// addGoModules adds the go.mod and go.sum of a new project, after the Go files that say what they need.
func (p *project) addGoModules(ctx context.Context, plan *Plan) error {
	imports, err := importedBy(plan, p.layout.sdk)
	if err != nil {
		return err
	}
	needed := requiredPublished(imports) // by the SDK, and so by all that import it
	own, err := p.ownSums(ctx, plan)
	if err != nil {
		return err
	}
	for _, m := range p.modules() {
		imports, err := importedBy(plan, m.dir)
		if err != nil {
			return err
		}
		m.Published = needed
		content, err := execute("shared/go.mod.tmpl", m)
		if err != nil {
			return err
		}
		if content, err = withDirect(content, imports, true); err != nil {
			return err
		}
		plan.add(path.Join(m.dir, "go.mod"), content)
		sums, err := execute("shared/go.sum.tmpl", m)
		if err != nil {
			return err
		}
		if m.Runtime {
			needed = append(slices.Clip(needed), own...)
		}
		plan.add(path.Join(m.dir, "go.sum"), withSums(sums, needed))
	}
	return nil
}

// ownSums returns goplugin with its sums, of which a release cannot hold its own. Where the go command cannot tell them
// either, the plan says what is left to do. A development build needs none, because a directory stands for it.
func (p *project) ownSums(ctx context.Context, plan *Plan) ([]publishedModule, error) {
	if p.generator.release == "" {
		return nil, nil
	}
	found, err := downloadModule(ctx, version.Module, p.generator.release)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		command := p.inApp("mod download") + " " + version.Module
		plan.Notes = append(plan.Notes, fmt.Sprintf("go.sum lacks the checksums of goplugin: run \"%s\" first, because %v", command, err))
		plan.Next = append([]string{command}, plan.Next...)
		return nil, nil
	}
	return []publishedModule{{Version: module.Version{Path: found.Path, Version: found.Version}, sum: found.Sum, modSum: found.GoModSum}}, nil
}

// importedBy returns the packages that the planned Go files below a directory import.
func importedBy(plan *Plan, dir string) ([]string, error) {
	var paths []string
	for _, f := range plan.Files {
		if path.Ext(f.Path) != ".go" || dir != "." && !strings.HasPrefix(f.Path, dir+"/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.ImportsOnly)
		if err != nil {
			return nil, err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			paths = append(paths, imported)
		}
	}
	return paths, nil
}

// withDirect returns a go.mod that requires the modules of the imported packages directly, as "go mod tidy" leaves it.
// all says that nothing else is imported, so that the other modules are marked "// indirect".
func withDirect(content []byte, imports []string, all bool) ([]byte, error) {
	file, err := modfile.Parse("go.mod", content, nil)
	if err != nil {
		return nil, err
	}
	direct := map[string]bool{}
	for _, imported := range imports {
		direct[moduleOf(imported, file.Require)] = true
	}
	changed := false
	for _, r := range file.Require {
		indirect := r.Indirect && !direct[r.Mod.Path] || all && !direct[r.Mod.Path]
		changed = changed || indirect != r.Indirect
		r.Indirect = indirect
	}
	if !changed && !all {
		return content, nil
	}
	file.SetRequireSeparateIndirect(file.Require)
	file.SortBlocks()
	file.Cleanup()
	return file.Format()
}

// moduleOf returns the required module that holds a package: the one with the longest path; "" if none does.
func moduleOf(pkg string, requires []*modfile.Require) string {
	longest := ""
	for _, r := range requires {
		if holds(r.Mod.Path, pkg) && len(r.Mod.Path) > len(longest) {
			longest = r.Mod.Path
		}
	}
	return longest
}
