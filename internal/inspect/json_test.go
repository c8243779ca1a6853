package inspect

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/internal/tools"
)

// TestJSONReference holds that the reference names every member of what programs read, and the applications whose magic
// cookies are known.
func TestJSONReference(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(tools.Root(), "docs", "reference", "goplugin-new.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## goplugin-new inspect")
	section, _, _ = strings.Cut(section, "## goplugin-new call")
	words := strings.Join(strings.Fields(section), " ")
	for _, cookie := range KnownCookies() {
		if !strings.Contains(words, cookie.Application) {
			t.Errorf("docs/reference/goplugin-new.md does not name %s", cookie.Application)
		}
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Report](), reflect.TypeFor[Problem]()} {
		for name := range members(typ) {
			if !strings.Contains(section, "`"+name+"`") {
				t.Errorf("docs/reference/goplugin-new.md does not name %q of %s", name, typ)
			}
		}
	}
}

// members returns the names in the JSON of a type and of those in it.
func members(typ reflect.Type) map[string]bool {
	names := map[string]bool{}
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return members(typ.Elem())
	case reflect.Struct:
	default:
		return names
	}
	for _, field := range reflect.VisibleFields(typ) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if name != "" {
			names[name] = true
		}
		for inner := range members(field.Type) {
			names[inner] = true
		}
	}
	return names
}
