package scaffold

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Names are what the name of a project becomes in each place.
type Names struct {
	Name         string // my-app: directory, programs
	ProtoPackage string // my_app.v1
	ProtoDir     string // my_app/v1
	ProtoBase    string // my_app
	GoPackage    string // myappv1
	Service      string // MyAppService
}

// projectName is a name that works as a file name, a program, a Go package and a proto package.
var projectName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// maxNameLength keeps the paths of plugins' sockets and of Windows in bounds.
const maxNameLength = 40

// newNames checks the name of a project, a plugin or a service, whichever what says, and derives the others. The error
// offers a name that works, if the given one holds any letter.
func newNames(what, name string) (Names, error) {
	switch {
	case !projectName.MatchString(name):
		return Names{}, fmt.Errorf("%s name %q: expected lower-case letters, digits and single hyphens, beginning with a letter%s", what, name, offer(name))
	case len(name) > maxNameLength:
		return Names{}, fmt.Errorf("%s name %q has %d characters: expected at most %d%s", what, name, len(name), maxNameLength, offer(name))
	case windowsReserved(name) || name == "vendor":
		return Names{}, fmt.Errorf("%s name %q is reserved on some platform or by Go%s", what, name, offer(name))
	}
	words := strings.Split(name, "-")
	base := strings.Join(words, "_")
	var service strings.Builder
	for _, word := range words {
		service.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return Names{
		Name:         name,
		ProtoPackage: base + ".v1",
		ProtoDir:     base + "/v1",
		ProtoBase:    base,
		GoPackage:    strings.Join(words, "") + "v1",
		Service:      service.String() + "Service",
	}, nil
}

// offer returns ": try NAME" with a name that works and resembles the given one, or nothing.
func offer(name string) string {
	lower := regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(name, "$1-$2")
	words := regexp.MustCompile(`[a-z0-9]+`).FindAllString(strings.ToLower(lower), -1)
	better := strings.TrimLeft(strings.Join(words, "-"), "0123456789-")
	if len(better) > maxNameLength {
		better = strings.TrimRight(better[:maxNameLength], "-")
	}
	if windowsReserved(better) || better == "vendor" {
		better += "-app"
	}
	if !projectName.MatchString(better) {
		return ""
	}
	return ": try " + better
}

// windowsReserved reports whether Windows keeps a file name for a device.
func windowsReserved(name string) bool {
	devices := []string{"con", "prn", "aux", "nul"}
	for i := '1'; i <= '9'; i++ {
		devices = append(devices, "com"+string(i), "lpt"+string(i))
	}
	return slices.Contains(devices, name)
}

// CheckName checks the name of a project.
func CheckName(name string) error {
	_, err := newNames("project", name)
	return err
}

// DefaultModule returns the path of the Go module for a project, until a person says where it will be.
func DefaultModule(name string) string { return "example.com/" + name }

// CheckModule checks the path of a project's Go module.
func CheckModule(path string) error {
	if err := module.CheckImportPath(path); err != nil {
		return fmt.Errorf("module path %q: %w: expected one such as github.com/you/greeter", path, err)
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return fmt.Errorf("module path %q: its first element has no dot, which Go keeps for the standard library: try example.com/%s", path, path)
	}
	return nil
}
