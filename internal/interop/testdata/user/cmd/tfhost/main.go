// Command tfhost is a host on generated glue. It asks the Terraform provider that its argument names what it offers,
// ends it, and prints the answers as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"github.com/hashicorp/go-plugin"

	"example.com/user/tfplugin5"
)

// A report is what the host learned.
type report struct {
	PID               int               // of the provider
	Exited            bool              // after Kill
	Resources         []string          // from GetMetadata
	SleepAttributes   map[string]string // of resource time_sleep, name to type, from GetProviderSchema
	FunctionSummaries map[string]string // by name, from GetFunctions
}

func main() {
	r, err := inspect(context.Background(), exec.Command(os.Args[1]))
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func inspect(ctx context.Context, command *exec.Cmd) (report, error) {
	client := tfplugin5.NewClient(command)
	defer client.Kill()
	r, err := ask(ctx, client)
	if err != nil {
		return report{}, err
	}
	r.PID = command.Process.Pid
	client.Kill()
	r.Exited = client.Exited()
	return r, nil
}

// ask calls a provider before it is configured, as Terraform does to learn what the provider has.
func ask(ctx context.Context, client *plugin.Client) (report, error) {
	r := report{SleepAttributes: map[string]string{}, FunctionSummaries: map[string]string{}}
	provider, err := tfplugin5.DispenseProvider(client)
	if err != nil {
		return r, err
	}
	metadata, err := provider.GetMetadata(ctx)
	if err != nil {
		return r, fmt.Errorf("GetMetadata: %w", err)
	}
	for _, resource := range metadata.GetResources() {
		r.Resources = append(r.Resources, resource.GetTypeName())
	}
	schema, err := provider.GetSchema(ctx)
	if err != nil {
		return r, fmt.Errorf("GetSchema: %w", err)
	}
	for _, attribute := range schema.GetResourceSchemas()["time_sleep"].GetBlock().GetAttributes() {
		r.SleepAttributes[attribute.GetName()] = string(attribute.GetType())
	}
	functions, _, err := provider.GetFunctions(ctx)
	if err != nil {
		return r, fmt.Errorf("GetFunctions: %w", err)
	}
	for name, function := range functions {
		r.FunctionSummaries[name] = function.GetSummary()
	}
	return r, nil
}
