package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// Without an engine, the error says so.
func TestNoEngine(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix://"+t.TempDir()+"/no-engine.sock")
	_, err := greet(t.Context(), "greeter-plugin")
	failed, ok := errors.AsType[*pluginhost.StartError](err)
	if !ok || failed.Reason != pluginhost.NotStarted || !strings.Contains(err.Error(), "no-engine.sock") {
		t.Errorf("got %v, want a StartError with the engine's address", err)
	}
}
