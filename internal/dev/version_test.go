package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/goplugin-dev/goplugin/internal/tools"
	"github.com/goplugin-dev/goplugin/internal/version"
)

// released is a version that nobody has published.
var released = module.Version{Path: version.Module, Version: "v1.2.3"}

// TestVersionOfARelease builds a tag as goreleaser does. What goreleaser has written by then must not make it "+dirty".
// Whoever builds the same tag elsewhere gets the same bytes.
func TestVersionOfARelease(t *testing.T) {
	repo := tagged(t)
	writeFile(t, filepath.Join(repo, "dist", "config.yaml"), "version: 2\n")
	writeFile(t, filepath.Join(repo, ".cache", "tools", "package.json"), "{}\n")
	program := buildRelease(t, repo)
	if got := versionOf(t, program); got != released.Version {
		t.Errorf("got %q, want %q", got, released.Version)
	}
	if !bytes.Equal(readFile(t, program), readFile(t, buildRelease(t, tagged(t)))) {
		t.Error("two builds of one tag differ")
	}
}

// TestVersionOfASnapshot holds that commits after a tag do not pass for it.
func TestVersionOfASnapshot(t *testing.T) {
	repo := tagged(t)
	git(t, repo, "commit", "--quiet", "--allow-empty", "--message=next")
	if got := versionOf(t, buildRelease(t, repo)); got != version.Devel {
		t.Errorf("got %q, want %q", got, version.Devel)
	}
}

// TestGoInstall installs a tag by its version, from a module proxy in the file system: go install accepts the module (its
// file names, its size), and finds in it all that it needs. A project that the installed goplugin-new creates is complete: it
// builds, and "go mod tidy" leaves it as it is.
func TestGoInstall(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	env := append(os.Environ(), "GOBIN="+bin, "GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw -trimpath", "GOWORK=off",
		"GOSUMDB=off", "GOPROXY="+strings.Join([]string{fileURL(publish(t)), fileURL(moduleDownloads(t)), goEnv(t, "GOPROXY")}, ","))
	for _, name := range []string{"protoc-gen-goplugin", "goplugin-new"} {
		mustRun(t, dir, env, "go", "install", released.Path+"/cmd/"+name+"@"+released.Version)
		if got := versionOf(t, filepath.Join(bin, name+exe())); got != released.Version {
			t.Errorf("got %q, want %q", got, released.Version)
		}
	}
	for _, layout := range []string{"single", "split"} {
		mustRun(t, dir, env, filepath.Join(bin, "goplugin-new"+exe()), layout, "--layout", layout, "--no-git")
	}
	mustRun(t, filepath.Join(dir, "single"), env, "go", "build", "./...")
	mustRun(t, filepath.Join(dir, "single"), env, "go", "mod", "tidy", "-diff")
	mustRun(t, filepath.Join(dir, "split"), append(env, "GOWORK="), "go", "build", "./app/...")
}

// publish returns a module proxy that has this checkout as the released version.
func publish(t *testing.T) string {
	t.Helper()
	proxy := t.TempDir()
	dir := filepath.Join(proxy, filepath.FromSlash(released.Path), "@v")
	repo := tagged(t)
	var archive bytes.Buffer
	if err := modzip.CreateFromVCS(&archive, released, repo, released.Version, ""); err != nil {
		t.Fatal(err)
	}
	mod := readFile(t, filepath.Join(repo, "go.mod"))
	writeFile(t, filepath.Join(dir, "list"), released.Version+"\n")
	writeFile(t, filepath.Join(dir, released.Version+".zip"), archive.String())
	writeFile(t, filepath.Join(dir, released.Version+".mod"), string(mod))
	writeFile(t, filepath.Join(dir, released.Version+".info"), `{"Version":"`+released.Version+`","Time":"2026-01-02T03:04:05Z"}`)
	return proxy
}

// mustRun runs a command that must succeed.
func mustRun(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, env
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, output)
	}
}

// tagged returns a repository whose only commit, tagged with the released version, is this checkout with its changes.
func tagged(t *testing.T) string {
	t.Helper()
	repo := t.TempDir()
	for _, name := range checkout(t) {
		content, err := os.ReadFile(filepath.Join(tools.Root(), filepath.FromSlash(name)))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(repo, filepath.FromSlash(name)), string(content))
	}
	git(t, repo, "init", "--quiet")
	git(t, repo, "add", "--all")
	git(t, repo, "commit", "--quiet", "--message=all")
	git(t, repo, "tag", released.Version)
	return repo
}

// checkout lists the files of this checkout, but for those that git ignores.
func checkout(t *testing.T) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	list.Dir = tools.Root()
	output, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	return strings.Split(strings.TrimRight(string(output), "\x00"), "\x00")
}

// git runs a git command, whatever the person who runs the test has set up.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@example.com",
		"GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com",
		"GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}

// buildRelease builds protoc-gen-goplugin in a repository with the flags of .goreleaser.yaml.
func buildRelease(t *testing.T, repo string) string {
	t.Helper()
	config, err := readReleaseConfig()
	if err != nil {
		t.Fatal(err)
	}
	build := config.Builds[0]
	program := filepath.Join(t.TempDir(), build.Binary+exe())
	args := append([]string{"build", "-o", program, "-ldflags=" + strings.Join(build.LDFlags, " ")}, build.Flags...)
	cmd := exec.CommandContext(t.Context(), "go", append(args, build.Main)...)
	cmd.Dir, cmd.Env = repo, append(append(os.Environ(), "GOWORK=off"), build.Env...)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return program
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// versionOf returns the version that a program prints.
func versionOf(t *testing.T, program string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), program, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, printed, _ := strings.Cut(strings.TrimSpace(string(output)), " ")
	return printed
}

// moduleDownloads returns the directory of the modules that this machine has, in the form of a proxy.
func moduleDownloads(t *testing.T) string {
	return filepath.Join(goEnv(t, "GOMODCACHE"), "cache", "download")
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(output))
}

func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return "file://" + path
}

func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
