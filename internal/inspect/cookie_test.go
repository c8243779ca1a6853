package inspect

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestRounds(t *testing.T) {
	a1, a2, b1 := Cookie{Key: "A", Value: "1"}, Cookie{Key: "A", Value: "2"}, Cookie{Key: "B", Value: "1"}
	for name, tt := range map[string]struct {
		cookies []Cookie
		want    [][]Cookie
	}{
		"none":                     {nil, [][]Cookie{nil}},
		"different keys":           {[]Cookie{a1, b1}, [][]Cookie{{a1, b1}}},
		"the same cookie twice":    {[]Cookie{a1, b1, a1}, [][]Cookie{{a1, b1}}},
		"two values of a key":      {[]Cookie{a1, a2, b1}, [][]Cookie{{a1, b1}, {a2}}},
		"a well-known one":         {[]Cookie{{Key: "VELERO_PLUGIN", Value: "hello", Version: 2}}, [][]Cookie{{{Key: "VELERO_PLUGIN", Value: "hello", Version: 2, Application: "Velero"}}}},
		"a value of a later round": {[]Cookie{a1, a2, a2}, [][]Cookie{{a1}, {a2}}},
	} {
		if got := rounds(tt.cookies); !slices.EqualFunc(got, tt.want, slices.Equal) {
			t.Errorf("%s: got %v, expected %v", name, got, tt.want)
		}
	}
}

func TestParseCookie(t *testing.T) {
	if got, err := ParseCookie("KEY=a=b"); err != nil || got != (Cookie{Key: "KEY", Value: "a=b"}) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, text := range []string{"", "KEY", "=value", "KEY="} {
		if _, err := ParseCookie(text); err == nil {
			t.Errorf("%q: expected an error", text)
		}
	}
}

// TestProjectCookies looks for handshakes where people have them.
func TestProjectCookies(t *testing.T) {
	for name, tt := range map[string]struct {
		files string
		dir   string
		want  []Cookie
	}{
		"generated code": {`
-- go.mod --
module example.com/a
-- sdk/goplugin.pb.go --
package sdk
const ProtocolVersion = 3
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion: ProtocolVersion,
	MagicCookieKey: "A_PLUGIN",
	MagicCookieValue: "v",
}
-- cmd/a/main.go --
package main
`, "cmd/a", []Cookie{{Key: "A_PLUGIN", Value: "v", Version: 3}}},
		"constants of another file, and a raw string": {`
-- go.mod --
module example.com/a
-- a.go --
package a
var h = plugin.HandshakeConfig{MagicCookieKey: key, MagicCookieValue: value}
-- z.go --
package a
const (
	key = ` + "`K`" + `
	value, other = "v", 1
)
`, ".", []Cookie{{Key: "K", Value: "v"}}},
		"all modules of a workspace": {`
-- go.work --
go 1.26
-- app/go.mod --
module example.com/app
-- sdk/go.mod --
module example.com/sdk
-- sdk/a.go --
package sdk
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: "v"}
`, "app", []Cookie{{Key: "K", Value: "v"}}},
		"not tests and their data, hidden directories, code that does not parse, values from elsewhere": {`
-- go.mod --
module example.com/a
-- a_test.go --
package a
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: "test"}
-- .cache/a.go --
package a
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: "cache"}
-- testdata/a.go --
package a
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: "golden"}
-- b/b.go --
package b
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: 
-- c/c.go --
package c
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: os.Getenv("V")}
`, ".", nil},
		"of the packages that it imports": {`
-- plugin/go.mod --
module example.com/plugin

go 1.26

require example.com/sdk v1.0.0

replace example.com/sdk => ../sdk
-- plugin/main.go --
package main
import _ "example.com/sdk/greeterv1"
func main() {}
-- sdk/go.mod --
module example.com/sdk

go 1.26
-- sdk/greeterv1/a.go --
package greeterv1
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: "v"}
`, "plugin", []Cookie{{Key: "K", Value: "v"}}},
		"positions, put together, and constants of another package and of a function": {`
-- go.mod --
module example.com/a
-- a.go --
package a
import "example.com/a/internal/keys"
import k2 "example.com/a/internal/keys"
import "example.com/other/keys3"
var (
	h = plugin.HandshakeConfig{uint(2), keys.Key, k2.Value}
	i = plugin.HandshakeConfig{MagicCookieKey: "A" + ("_" + x), MagicCookieValue: x}
	j = plugin.HandshakeConfig{MagicCookieKey: loop, MagicCookieValue: "v"}
	l = plugin.HandshakeConfig{MagicCookieKey: keys3.Key, MagicCookieValue: "v"}
)
const loop, again = again, loop
func f() { const x = "X" }
-- internal/keys/keys.go --
package keys
const Key = prefix + "_PLUGIN"
const Value = "v"
const prefix = "A"
`, ".", []Cookie{{Key: "A_PLUGIN", Value: "v"}, {Key: "A_X", Value: "X"}}},
		"outside of a module": {`
-- a.go --
package a
var h = plugin.HandshakeConfig{MagicCookieKey: "K", MagicCookieValue: "v"}
`, ".", nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range txtar.Parse([]byte(tt.files)).Files {
				path := filepath.Join(dir, file.Name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, file.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := ProjectCookies(t.Context(), filepath.Join(dir, tt.dir)); !slices.Equal(got, tt.want) {
				t.Errorf("got %+v, expected %+v", got, tt.want)
			}
		})
	}
}
