package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// A mention is a place that names the version of the next release.
type mention struct {
	file    string
	pattern string // a regular expression with one group: the version
}

// mentions returns all of them. A build needs none: its version is the tag that it is built from.
func mentions() []mention {
	return []mention{
		{"buf/buf.plugin.yaml", `(?m)^plugin_version: (\S+)$`},
		{"buf/buf.plugin.yaml", `(?m)^license_url: \S+/blob/(\S+)/LICENSE$`},
		{"buf/Dockerfile", `cmd/protoc-gen-goplugin@(\S+)`},
	}
}

// version returns the version that the mention's file names.
func (m mention) version(root fs.FS) (string, error) {
	content, err := fs.ReadFile(root, m.file)
	if err != nil {
		return "", err
	}
	match := regexp.MustCompile(m.pattern).FindSubmatch(content)
	if match == nil {
		return "", fmt.Errorf("%s: expected a version at %s, found none", m.file, m.pattern)
	}
	return string(match[1]), nil
}

func printReleaseNotes(version string) error {
	notes, err := releaseNotes(os.DirFS(tools.Root()), version)
	if err != nil {
		return err
	}
	fmt.Println(notes)
	return nil
}

// releaseNotes returns the changelog's section of a version such as "v0.1.0". Its errors are all the places that must
// name this version before it can be tagged.
func releaseNotes(root fs.FS, version string) (string, error) {
	if semver.Canonical(version) != version || semver.Build(version) != "" {
		return "", fmt.Errorf("expected a version such as v0.1.0, found %q", version)
	}
	var errs []error
	for _, m := range mentions() {
		if found, err := m.version(root); err != nil {
			errs = append(errs, err)
		} else if found != version {
			errs = append(errs, fmt.Errorf("%s: expected version %s, found %s", m.file, version, found))
		}
	}
	changelog, err := fs.ReadFile(root, "CHANGELOG.md")
	if err != nil {
		return "", errors.Join(append(errs, err)...)
	}
	notes := section(string(changelog), strings.TrimPrefix(version, "v"))
	if notes == "" {
		errs = append(errs, fmt.Errorf("CHANGELOG.md: expected a section \"## [%s] - DATE\" with what has changed, found none", strings.TrimPrefix(version, "v")))
	}
	return notes, errors.Join(errs...)
}

// section returns what the changelog says under a version's heading, or "".
func section(changelog, version string) string {
	var lines []string
	inside := false
	for line := range strings.Lines(changelog) {
		if strings.HasPrefix(line, "## ") {
			inside = strings.HasPrefix(line, "## ["+version+"]")
		} else if inside {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, ""))
}
