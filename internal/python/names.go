package python

import (
	"slices"
	"strings"
	"unicode"
)

// keywords are the words that Python keeps for itself.
var keywords = strings.Fields("False None True and as assert async await break class continue def del elif else except " +
	"finally for from global if import in is lambda nonlocal not or pass raise return try while with yield")

func isKeyword(name string) bool { return slices.Contains(keywords, name) }

// identifier returns a name that Python takes, and that resembles the given one.
func identifier(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
	if name == "" || unicode.IsDigit(rune(name[0])) {
		name = "_" + name
	}
	if isKeyword(name) {
		name += "_"
	}
	return name
}

// snake returns a name of Go in snake case: "GetHTTPStatus" is get_http_status.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) {
			afterLower := !unicode.IsUpper(runes[i-1]) && runes[i-1] != '_'
			beforeLower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if afterLower || beforeLower && runes[i-1] != '_' {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// errorName returns the name of a declared error: ErrNotFound is NotFoundError.
func errorName(goName string) string {
	return strings.TrimSuffix(strings.TrimPrefix(goName, "Err"), "Error") + "Error"
}

// codeName returns the name of a status code: InvalidArgument is INVALID_ARGUMENT.
func codeName(goName string) string {
	if goName == "Canceled" {
		return "CANCELLED"
	}
	return strings.ToUpper(snake(goName))
}

// A scope hands out names, each once.
type scope map[string]bool

func newScope(used ...string) scope {
	s := scope{}
	for _, name := range used {
		s[name] = true
	}
	return s
}

// name returns the wanted name as an identifier, with as many underscores behind it as it takes to be free.
func (s scope) name(wanted string) string {
	wanted = identifier(wanted)
	for s[wanted] {
		wanted += "_"
	}
	s[wanted] = true
	return wanted
}

// docstring returns a text as the body of a docstring, indented for where it stands.
func docstring(indent, text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `"""`, `\"\"\"`)
	if strings.HasSuffix(text, `"`) {
		text += " "
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		if i > 0 && lines[i] != "" {
			lines[i] = indent + lines[i]
		}
	}
	if len(lines) > 1 {
		lines = append(lines, indent)
	}
	return strings.Join(lines, "\n")
}
