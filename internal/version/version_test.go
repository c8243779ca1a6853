package version

import (
	"runtime/debug"
	"testing"
)

func TestRelease(t *testing.T) {
	other := debug.Module{Path: "example.com/tools", Version: "v9.9.9"}
	tests := map[string]struct {
		info debug.BuildInfo
		want string
	}{
		"go install of a tag":          {debug.BuildInfo{Main: debug.Module{Path: Module, Version: "v0.1.0"}}, "v0.1.0"},
		"go install of a prerelease":   {debug.BuildInfo{Main: debug.Module{Path: Module, Version: "v1.0.0-rc.1"}}, "v1.0.0-rc.1"},
		"checkout":                     {debug.BuildInfo{Main: debug.Module{Path: Module, Version: "(devel)"}}, Devel},
		"go run":                       {debug.BuildInfo{Main: debug.Module{Path: Module}}, Devel},
		"checkout behind a tag":        {debug.BuildInfo{Main: debug.Module{Path: Module, Version: "v0.1.1-0.20260102030405-0123456789ab"}}, Devel},
		"changed checkout of a tag":    {debug.BuildInfo{Main: debug.Module{Path: Module, Version: "v0.1.0+dirty"}}, Devel},
		"tool of another module":       {debug.BuildInfo{Main: other, Deps: []*debug.Module{{Path: Module, Version: "v0.2.0"}}}, "v0.2.0"},
		"replaced in another module":   {debug.BuildInfo{Main: other, Deps: []*debug.Module{{Path: Module, Version: "v0.2.0", Replace: &debug.Module{Path: "../goplugin"}}}}, Devel},
		"a module that has none of it": {debug.BuildInfo{Main: other}, Devel},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := release(&test.info); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReleaseOfATestIsDevel(t *testing.T) {
	if got := Release(); got != Devel {
		t.Errorf("got %q, want %q: goldens would differ from build to build", got, Devel)
	}
}
