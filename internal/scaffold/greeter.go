package scaffold

import (
	"context"
	"fmt"
	"path"
	"testing/fstest"
)

// greeterProject is what the templates of the example know.
type greeterProject struct {
	*project
	ProtoFile string // below proto/
	Interface string
	Prefix    string // of the names of the SDK
	Messages  bool   // whether methods take and return messages
}

// greeter adds the example: a service, a host that calls every plugin, and a plugin.
func (p *project) greeter(ctx context.Context, plan *Plan, style string) error {
	file := p.ProtoDir + "/" + p.ProtoBase + ".proto"
	p.ProtoFiles, p.PluginDirs = []string{file}, []string{"plugins/english"}
	source, err := execute("greeter/proto/service.proto.tmpl", p)
	if err != nil {
		return err
	}
	plan.add(path.Join(p.proto, file), source)
	files, err := p.generate(ctx, plan, fstest.MapFS{file: {Data: source}}, p.ProtoFiles)
	if err != nil {
		return fmt.Errorf("generate from proto/%s: %w", file, err)
	}
	packages, err := p.readPackages(files)
	if err != nil {
		return err
	}
	plan.Next = []string{
		fmt.Sprintf("%s -o plugins/bin/%s-english%s ./plugins/english", p.inApp("build"), p.Name, executableSuffix()),
		p.inApp("run") + " ./cmd/" + p.Name,
	}
	g := greeterProject{p, file, packages[0].Services[0].Name, packages[0].Prefix, style == "message"}
	if err := p.addReadme(plan, g, "greeter/README.md.tmpl"); err != nil {
		return err
	}
	return render(plan, g, p.app, map[string]string{
		"greeter/cmd/host/main.go.tmpl":             "cmd/" + p.Name + "/main.go",
		"greeter/plugins/english/main.go.tmpl":      "plugins/english/main.go",
		"greeter/plugins/english/main_test.go.tmpl": "plugins/english/main_test.go",
		"greeter/e2e_test.go.tmpl":                  "e2e_test.go",
	})
}
