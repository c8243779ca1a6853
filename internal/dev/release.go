package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// A releaseConfig is .goreleaser.yaml: exactly the settings in use, so that a misspelled one is an error here, where
// goreleaser itself is too large to be built (more than a gigabyte of modules).
type releaseConfig struct {
	Version     int            `yaml:"version"`
	ProjectName string         `yaml:"project_name"`
	Builds      []releaseBuild `yaml:"builds"`
	Archives    []struct {
		NameTemplate    string   `yaml:"name_template"`
		Formats         []string `yaml:"formats"`
		FormatOverrides []struct {
			GOOS    string   `yaml:"goos"`
			Formats []string `yaml:"formats"`
		} `yaml:"format_overrides"`
		BuildsInfo archivedAs `yaml:"builds_info"`
		Files      []struct {
			Src  string     `yaml:"src"`
			Info archivedAs `yaml:"info"`
		} `yaml:"files"`
	} `yaml:"archives"`
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
		Algorithm    string `yaml:"algorithm"`
	} `yaml:"checksum"`
	Snapshot struct {
		VersionTemplate string `yaml:"version_template"`
	} `yaml:"snapshot"`
	Changelog struct {
		Disable bool `yaml:"disable"`
	} `yaml:"changelog"`
	Release struct {
		Prerelease string `yaml:"prerelease"`
	} `yaml:"release"`
}

// A releaseBuild is one program, for every combination of its systems and architectures.
type releaseBuild struct {
	ID           string   `yaml:"id"`
	Main         string   `yaml:"main"`
	Binary       string   `yaml:"binary"`
	GOOS         []string `yaml:"goos"`
	GOARCH       []string `yaml:"goarch"`
	Env          []string `yaml:"env"`
	Flags        []string `yaml:"flags"`
	LDFlags      []string `yaml:"ldflags"`
	ModTimestamp string   `yaml:"mod_timestamp"`
}

// archivedAs is what an archive says of a file.
type archivedAs struct {
	Owner string `yaml:"owner"`
	Group string `yaml:"group"`
	MTime string `yaml:"mtime"`
}

func parseReleaseConfig(r io.Reader) (releaseConfig, error) {
	var config releaseConfig
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil {
		return releaseConfig{}, fmt.Errorf(".goreleaser.yaml: %w (a setting that goreleaser knows belongs into releaseConfig, too)", err)
	}
	return config, nil
}

func readReleaseConfig() (releaseConfig, error) {
	file, err := os.Open(filepath.Join(tools.Root(), ".goreleaser.yaml"))
	if err != nil {
		return releaseConfig{}, err
	}
	defer file.Close()
	return parseReleaseConfig(file)
}

// goArgs returns the arguments of the go command that build the program into dir.
//
// It leaves out the version: stamping it would link the program anew for each commit.
func (b releaseBuild) goArgs(dir string) []string {
	args := append([]string{"build"}, b.Flags...)
	return append(args, "-buildvcs=false", "-ldflags="+strings.Join(b.LDFlags, " "), "-o", dir+string(filepath.Separator), b.Main)
}

// buildReleased builds the programs of a release once for each system, and for each architecture at least once.
// Building every combination takes minutes on a new machine, and finds no more: no file here is for one architecture.
// make snapshot builds them all.
func buildReleased(ctx context.Context) error {
	config, err := readReleaseConfig()
	if err != nil {
		return err
	}
	var errs []error
	for _, build := range config.Builds {
		for i, goos := range build.GOOS {
			goarch := build.GOARCH[i%len(build.GOARCH)]
			dir := filepath.Join(".cache", "release", goos+"_"+goarch)
			env := append([]string{"GOOS=" + goos, "GOARCH=" + goarch}, build.Env...)
			errs = append(errs, commandEnv(ctx, tools.Root(), env, "go", build.goArgs(dir)...))
		}
	}
	return errors.Join(errs...)
}
