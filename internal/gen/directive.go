package gen

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
)

// directivePrefix starts a directive. It must be the first thing on a line of a comment.
const directivePrefix = "goplugin:"

// A directive is one line "goplugin:verb key=value ...".
type directive struct {
	at     Position
	verb   string
	args   []argument
	broken bool // it has syntax errors, which are reported
}

// An argument is one key=value of a directive.
type argument struct {
	at         Position
	key, value string
}

// get returns the value of a key, and whether it was given.
func (d directive) get(key string) (argument, bool) {
	i := slices.IndexFunc(d.args, func(a argument) bool { return a.key == key })
	if i < 0 {
		return argument{}, false
	}
	return d.args[i], true
}

// An element is what a directive can govern.
type element string

const (
	packageElement element = "a package"
	serviceElement element = "a service"
	methodElement  element = "an rpc"
	fieldElement   element = "a field"
)

// A verb says where a directive is allowed and which keys it takes.
type verb struct {
	name       string
	on         element
	takes      string // what stands behind the verb without a key, if anything does
	keys       []string
	required   bool // every key must be given
	repeatable bool
}

// verbs returns the whole vocabulary. docs/reference/directives.md lists the same; a test compares them.
func verbs() []verb {
	return []verb{
		{name: "handshake", on: packageElement, keys: []string{"cookie_key", "cookie_value", "protocol_version"}},
		{name: "service", on: serviceElement, keys: []string{"name", "plugin", "style"}},
		{name: "error", on: serviceElement, keys: []string{"name", "code"}, required: true, repeatable: true},
		{name: "host", on: serviceElement},
		{name: "skip", on: serviceElement},
		{name: "method", on: methodElement, keys: []string{"name", "style", "stream"}},
		{name: "skip", on: methodElement},
		{name: "callback", on: fieldElement, takes: "INTERFACE", keys: []string{"lifetime"}},
	}
}

// parseDirective reads a line that begins with directivePrefix. Its syntax errors go to ps; the directive that comes
// back holds what could be read.
func parseDirective(line string, at Position, ps *problems) directive {
	d := directive{at: at}
	rest := line[len(directivePrefix):]
	end := strings.IndexFunc(rest, unicode.IsSpace)
	if end < 0 {
		end = len(rest)
	}
	d.verb, rest = rest[:end], rest[end:]
	for {
		trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
		if trimmed == "" {
			return d
		}
		rest = trimmed
		argAt := at.right(len(line) - len(rest))
		var arg argument
		var err error
		arg, rest, err = parseArgument(rest)
		if err != nil {
			ps.addf(argAt, "%v", err)
			d.broken = true
			return d
		}
		arg.at = argAt
		if _, twice := d.get(arg.key); twice {
			if arg.key == "" {
				ps.addf(argAt, "expected key=value, found %q", arg.value)
				continue
			}
			ps.addf(argAt, "key %q is given twice in this directive: keep one", arg.key)
			continue
		}
		d.args = append(d.args, arg)
	}
}

// parseArgument reads key=value from the start of s and returns what follows. A value that holds spaces is a quoted Go
// string. A word without "=" is a value without a key.
func parseArgument(s string) (argument, string, error) {
	word := s
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		word = s[:i]
	}
	key, value, found := strings.Cut(word, "=")
	if !found {
		return argument{value: word}, s[len(word):], nil
	}
	if key == "" {
		return argument{}, "", fmt.Errorf("expected key=value, found %q", word)
	}
	if !strings.HasPrefix(value, `"`) {
		return argument{key: key, value: value}, s[len(word):], nil
	}
	quoted, err := strconv.QuotedPrefix(s[len(key)+1:])
	if err != nil {
		return argument{}, "", fmt.Errorf("expected a quoted Go string for key %q, found %s: close it with \", and write \\\\ for \\", key, s[len(key)+1:])
	}
	value, err = strconv.Unquote(quoted)
	if err != nil {
		return argument{}, "", fmt.Errorf("the quoted value of key %q: %w", key, err)
	}
	rest := s[len(key)+1+len(quoted):]
	if next, _ := utf8.DecodeRuneInString(rest); rest != "" && !unicode.IsSpace(next) {
		return argument{}, "", fmt.Errorf("expected a space after %s=%s, found %q", key, quoted, rest)
	}
	return argument{key: key, value: value}, rest, nil
}

// checkDirectives checks the directives of one element against the vocabulary and returns the sound ones.
func checkDirectives(on element, ds []directive, ps *problems) []directive {
	var sound []directive
	seen := map[string]bool{}
	for _, d := range ds {
		v, ok := findVerb(on, d, ps)
		if !ok {
			continue
		}
		if seen[d.verb] && !v.repeatable {
			ps.addf(d.at, "goplugin:%s stands twice on one element: write all keys in one directive", d.verb)
		}
		if checkArguments(v, d, ps) && (v.repeatable || !seen[d.verb]) {
			sound = append(sound, d)
		}
		seen[d.verb] = true
	}
	if seen["skip"] && len(ds) > 1 {
		ps.addf(ds[0].at, "goplugin:skip leaves the whole element out: remove it, or the other directives beside it")
	}
	return sound
}

// findVerb returns the verb that a directive names, if it may stand on the element.
func findVerb(on element, d directive, ps *problems) (verb, bool) {
	var here, elsewhere []string
	for _, v := range verbs() {
		if v.on == on && v.name == d.verb {
			return v, true
		}
		if v.on == on {
			here = append(here, "goplugin:"+v.name)
		}
		if v.name == d.verb {
			elsewhere = append(elsewhere, string(v.on))
		}
	}
	if len(elsewhere) > 0 {
		ps.addf(d.at, "goplugin:%s governs %s, not %s: %s takes %s",
			d.verb, strings.Join(elsewhere, " or "), on, on, strings.Join(here, ", "))
		return verb{}, false
	}
	ps.addf(d.at, "unknown directive %q: %s takes %s", directivePrefix+d.verb, on, strings.Join(here, ", "))
	return verb{}, false
}

// checkArguments checks the keys and values of a directive.
func checkArguments(v verb, d directive, ps *problems) bool {
	before := len(ps.list)
	for _, a := range d.args {
		if a.key == "" {
			if v.takes == "" {
				ps.addf(a.at, "expected key=value, found %q", a.value)
			}
			continue
		}
		if !slices.Contains(v.keys, a.key) {
			accepted := "it takes none"
			if len(v.keys) > 0 {
				accepted = "it takes " + strings.Join(v.keys, ", ")
			}
			ps.addf(a.at, "goplugin:%s has no key %q: %s", v.name, a.key, accepted)
			continue
		}
		if err := checkValue(a.key, a.value); err != nil {
			ps.addf(a.at, "%s=%s: %v", a.key, a.value, err)
		}
	}
	if d.broken {
		return false
	}
	if _, given := d.get(""); v.takes != "" && !given {
		ps.addf(d.at, "goplugin:%s lacks the %s: write \"goplugin:%s %s\"", v.name, v.takes, v.name, v.takes)
		return false
	}
	if len(v.keys) > 0 && len(d.args) == 0 {
		ps.addf(d.at, "goplugin:%s says nothing: give it %s", v.name, strings.Join(v.keys, ", "))
		return false
	}
	for _, key := range v.keys {
		if _, given := d.get(key); v.required && !given {
			ps.addf(d.at, "goplugin:%s lacks the key %q: it needs %s", v.name, key, strings.Join(v.keys, ", "))
		}
	}
	return len(ps.list) == before
}

// checkValue says what is wrong with the value of a key. Each key means the same in every directive.
func checkValue(key, value string) error {
	switch key {
	case "name":
		if !token.IsIdentifier(value) || !token.IsExported(value) {
			return fmt.Errorf("expected an exported Go name, such as %q", exported(value))
		}
	case "style":
		_, err := parseStyle(value)
		return err
	case "stream":
		if value != "io" {
			return fmt.Errorf("expected io")
		}
	case "lifetime":
		if value != "call" && value != "plugin" {
			return fmt.Errorf("expected call or plugin")
		}
	case "code":
		_, err := parseCode(value)
		return err
	case "protocol_version":
		if _, err := strconv.ParseUint(value, 10, 31); err != nil {
			return fmt.Errorf("expected a whole number from 0 to 2147483647")
		}
	case "cookie_key":
		if value == "" || strings.ContainsAny(value, "= \t\x00") {
			return fmt.Errorf("expected the name of an environment variable, such as GREETER_PLUGIN")
		}
	case "cookie_value", "plugin":
		if value == "" || strings.ContainsRune(value, 0) {
			return fmt.Errorf("expected a value that is not empty")
		}
	}
	return nil
}

// parseCode returns the gRPC code that .proto authors write as google.rpc.Code does, such as NOT_FOUND.
func parseCode(value string) (codes.Code, error) {
	var names []string
	for c := codes.Canceled; c <= codes.Unauthenticated; c++ {
		name := code.Code(c).String()
		if name == value {
			return c, nil
		}
		names = append(names, name)
	}
	return codes.OK, fmt.Errorf("expected one of %s", strings.Join(names, ", "))
}
