//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/creack/pty"
)

// TestScreen answers with keys, each time when the question has appeared on a terminal: Ada wants a project around a .proto
// file. The program is built without the race detector, which finds that the library of the questions closes its input
// while it still reads from it, when all is answered.
func TestScreen(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "goplugin-new")
	if output, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	const source = "syntax = \"proto3\";\npackage kv.v1;\nservice KVService {\n  rpc Get(GetRequest) returns (GetResponse);\n}\n" +
		"message GetRequest {}\nmessage GetResponse {}\n"
	if err := os.WriteFile(filepath.Join(dir, "kv.proto"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := exec.Command(program, "--no-git")
	asked.Dir, asked.Env = dir, append(os.Environ(), "TERM=xterm", "ACCESSIBLE=")
	person, err := pty.StartWithSize(asked, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer person.Close()
	answer(t, person, "Name of the project", "store\r")
	answer(t, person, "Go module", "\r")
	answer(t, person, "What do plugins serve", "\x1b[B\r")
	answer(t, person, "The .proto file", "kv.proto\r")
	rest, _ := io.ReadAll(person) // an error on Linux where the program has ended
	if err := asked.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, rest)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "store", "go.mod"))
	if err != nil || !bytes.HasPrefix(mod, []byte("module example.com/store\n")) {
		t.Errorf("got %v and go.mod:\n%s", err, mod)
	}
	if _, err := os.Stat(filepath.Join(dir, "store", "proto", "kv.proto")); err != nil {
		t.Error(err)
	}
}

// answer types keys when the terminal shows the question.
func answer(t *testing.T, person *os.File, question, keys string) {
	t.Helper()
	var shown []byte
	for buffer := make([]byte, 4096); !bytes.Contains(shown, []byte(question)); {
		n, err := person.Read(buffer)
		if err != nil {
			t.Fatalf("waiting for %q: %v; shown:\n%q", question, err, shown)
		}
		shown = append(shown, buffer[:n]...)
	}
	if _, err := person.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}
