package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestCheckedInCode holds that the generated code of this repository is what the generators emit now.
func TestCheckedInCode(t *testing.T) {
	for _, s := range sources() {
		t.Run(s.path, func(t *testing.T) {
			files, err := s.generate(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range files {
				got, err := os.ReadFile(filepath.Join(tools.Root(), name))
				if err != nil {
					t.Error(err)
				} else if string(got) != want {
					t.Errorf("%s is not what the generators emit: run \"go run ./internal/dev generate\"", name)
				}
			}
		})
	}
}
