package interop

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// terraformDirectives are what a user writes for a .proto of Terraform, whose handshake is fixed.
var terraformDirectives = []string{
	"tfplugin5 goplugin:handshake cookie_key=TF_PLUGIN_MAGIC_COOKIE " +
		"cookie_value=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2 protocol_version=5",
	"tfplugin5.Provider goplugin:service plugin=provider",
}

// A providerReport is what cmd/tfhost prints.
type providerReport struct {
	PID               int
	Exited            bool
	Resources         []string
	SleepAttributes   map[string]string
	FunctionSummaries map[string]string
}

func TestGeneratedHostDrivesTerraformProvider(t *testing.T) {
	m := newUserModule(t)
	protos := filepath.Join(download(t, "github.com/hashicorp/terraform-plugin-go"), "tfprotov5", "internal", "tfplugin5")
	generateOne(t, m, protos, "tfplugin5.proto", "tfplugin5", terraformDirectives...)
	out := command{args: []string{m.build(t, userPath+"/cmd/tfhost"), buildProvider(t)}}.run(t)
	var r providerReport
	if err := json.Unmarshal([]byte(out.stdout), &r); err != nil {
		t.Fatalf("the host printed %q, expected JSON: %v", out.stdout, err)
	}
	checkAnswers(t, r)
	checkGone(t, r, out.stderr)
}

// buildProvider builds the provider as its authors release it: with its own go.mod and go.sum.
func buildProvider(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "terraform-provider-time")
	dir := download(t, "github.com/hashicorp/terraform-provider-time")
	command{dir: dir, env: []string{"GOWORK=off"}, args: []string{"go", "build", "-mod=readonly", "-o", program, "."}}.run(t)
	return program
}

// checkAnswers compares what the provider said with its documentation.
func checkAnswers(t *testing.T, r providerReport) {
	t.Helper()
	slices.Sort(r.Resources)
	if want := []string{"time_offset", "time_rotating", "time_sleep", "time_static"}; !slices.Equal(r.Resources, want) {
		t.Errorf("GetMetadata: resources %v, expected %v", r.Resources, want)
	}
	wantAttributes := map[string]string{
		"id": `"string"`, "create_duration": `"string"`, "destroy_duration": `"string"`, "triggers": `["map","string"]`,
	}
	if !maps.Equal(r.SleepAttributes, wantAttributes) {
		t.Errorf("GetSchema: time_sleep has %v, expected %v", r.SleepAttributes, wantAttributes)
	}
	if got := r.FunctionSummaries["duration_parse"]; !strings.Contains(got, "duration") {
		t.Errorf("GetFunctions: duration_parse has the summary %q, expected one that says duration; all: %v", got, r.FunctionSummaries)
	}
}

// checkGone fails the test if the provider runs still, or had to be killed.
func checkGone(t *testing.T, r providerReport, log string) {
	t.Helper()
	if !r.Exited {
		t.Errorf("the host's client has not exited after Kill")
	}
	if strings.Contains(log, "failed to exit gracefully") {
		t.Errorf("the provider was killed, expected it to exit by itself:\n%s", log)
	}
	process, err := os.FindProcess(r.PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Signal(syscall.Signal(0)); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("signal to the provider's process %d: %v, expected %v", r.PID, err, os.ErrProcessDone)
		_ = process.Kill() // or it outlives the tests
	}
}
