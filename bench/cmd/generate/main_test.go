package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestDrift holds that what is measured is what the generator emits now.
func TestDrift(t *testing.T) {
	root := tools.Root()
	req, err := request(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate(req)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if string(got) != want {
			t.Errorf("%s is not what the generator emits: run \"go generate ./bench\"", name)
		}
	}
}
