package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestReleaseHasEveryCommand holds that nobody adds a command, or a file that archives should have, in vain.
func TestReleaseHasEveryCommand(t *testing.T) {
	config, err := readReleaseConfig()
	if err != nil {
		t.Fatal(err)
	}
	commands, err := filepath.Glob(filepath.Join(tools.Root(), "cmd", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, dir := range commands {
		want = append(want, filepath.Base(dir))
	}
	for _, build := range config.Builds {
		got = append(got, build.Binary)
		if build.Main != "./cmd/"+build.Binary {
			t.Errorf("%s is built from %s", build.Binary, build.Main)
		}
		systems := [][]string{{"linux", "darwin", "windows"}, {"amd64", "arm64"}}
		if diff := cmp.Diff(systems, [][]string{build.GOOS, build.GOARCH}); diff != "" {
			t.Errorf("%s: %s", build.Binary, diff)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("commands (-in cmd +in .goreleaser.yaml):\n%s", diff)
	}
	for _, file := range config.Archives[0].Files {
		if _, err := os.Stat(filepath.Join(tools.Root(), file.Src)); err != nil {
			t.Error(err)
		}
	}
}

func TestReleaseConfigWithAMisspelledSetting(t *testing.T) {
	_, err := parseReleaseConfig(strings.NewReader("version: 2\nbuilds:\n  - flag: [-trimpath]\n"))
	if err == nil || !strings.Contains(err.Error(), "flag") {
		t.Errorf("got error %v, want one that names the setting", err)
	}
}

// TestMentionsAgree holds that one version is being made ready at a time.
func TestMentionsAgree(t *testing.T) {
	root := os.DirFS(tools.Root())
	var versions []string
	for _, m := range mentions() {
		version, err := m.version(root)
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, version)
	}
	if len(slices.Compact(slices.Clone(versions))) != 1 {
		t.Errorf("%v name the versions %v", mentions(), versions)
	}
}

func TestReleaseNotes(t *testing.T) {
	ready := map[string]string{
		"buf/buf.plugin.yaml": "plugin_version: v0.2.0\nlicense_url: https://example.com/blob/v0.2.0/LICENSE\n",
		"buf/Dockerfile":      "RUN go install example.com/cmd/protoc-gen-goplugin@v0.2.0 \\\n && true\n",
		"CHANGELOG.md":        "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- This.\n\n## [0.1.0] - 2026-11-01\n\n- That.\n",
	}
	tests := map[string]struct {
		version string
		file    string // changed to content
		content string
		want    string
		errs    []string
	}{
		"ready":                       {version: "v0.2.0", want: "### Added\n\n- This."},
		"tag without v":               {version: "0.2.0", errs: []string{`such as v0.1.0, found "0.2.0"`}},
		"short tag":                   {version: "v0.2", errs: []string{`found "v0.2"`}},
		"nothing renewed":             {version: "v0.3.0", errs: []string{"buf.plugin.yaml: expected version v0.3.0, found v0.2.0", "Dockerfile: expected", `"## [0.3.0] - DATE"`}},
		"plugin that names nothing":   {version: "v0.2.0", file: "buf/buf.plugin.yaml", content: "name: x\n", errs: []string{"expected a version at"}},
		"changelog without a heading": {version: "v0.2.0", file: "CHANGELOG.md", content: "# Changelog\n\n## [Unreleased]\n\n- This.\n", errs: []string{"CHANGELOG.md: expected a section"}},
		"changelog with only one":     {version: "v0.2.0", file: "CHANGELOG.md", content: "## [0.2.0] - 2026-12-01\n\n## [0.1.0]\n- That.\n", errs: []string{"CHANGELOG.md: expected a section"}},
		"beginning of a version":      {version: "v0.2.0", file: "CHANGELOG.md", content: "## [0.2.0-rc.1] - 2026-12-01\n\n- This.\n", errs: []string{"CHANGELOG.md: expected a section"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := fstest.MapFS{}
			for file, content := range ready {
				root[file] = &fstest.MapFile{Data: []byte(content)}
			}
			if test.file != "" {
				root[test.file] = &fstest.MapFile{Data: []byte(test.content)}
			}
			checkReleaseNotes(t, root, test.version, test.want, test.errs)
		})
	}
}

func checkReleaseNotes(t *testing.T, root fs.FS, version, want string, errs []string) {
	t.Helper()
	got, err := releaseNotes(root, version)
	if len(errs) == 0 {
		if err != nil || got != want {
			t.Errorf("got %q and error %v, want %q", got, err, want)
		}
		return
	}
	for _, text := range errs {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got error %v, want one with %q", err, text)
		}
	}
}
