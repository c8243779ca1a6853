package python

import (
	"slices"
	"strings"
	"unicode"
)

// keywords are the words that Python keeps for itself.
var keywords = strings.Fields("False None True and as assert async await break class continue def del elif else except " +
	"finally for from global if import in is lambda nonlocal not or pass raise return try while with yield")

// builtins are the names that Python defines everywhere.
var builtins = strings.Fields("ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError " +
	"BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError " +
	"ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception " +
	"ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError " +
	"ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError " +
	"KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplemented " +
	"NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError " +
	"PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning " +
	"StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError " +
	"TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError " +
	"UnicodeWarning UserWarning ValueError Warning ZeroDivisionError abs aiter all anext any ascii bin bool " +
	"breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec " +
	"filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len " +
	"list locals map max memoryview min next object oct open ord pow print property range repr reversed round set " +
	"setattr slice sorted staticmethod str sum super tuple type vars zip")

func isKeyword(name string) bool { return slices.Contains(keywords, name) }

// isAttribute reports whether code in a class can name an attribute: Python keeps words for itself, and takes names that
// begin with two underscores for those of the class alone.
func isAttribute(name string) bool {
	return !isKeyword(name) && (!strings.HasPrefix(name, "__") || strings.HasSuffix(name, "__"))
}

// identifier returns a name that Python takes, and that resembles the given one.
func identifier(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name)
	switch {
	case isKeyword(name):
		return name + "_"
	case name == "" || unicode.IsDigit(rune(name[0])):
		return "_" + name
	case !isAttribute(name):
		return "_" + strings.TrimLeft(name, "_")
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
	lines := dedented(strings.Split(strings.TrimSpace(text), "\n"))
	if strings.HasPrefix(lines[0], `"`) {
		lines[0] = " " + lines[0]
	}
	for i := range lines {
		if i > 0 && lines[i] != "" {
			lines[i] = indent + lines[i]
		}
	}
	if len(lines) > 1 {
		lines = append(lines, indent)
	} else if strings.HasSuffix(text, `"`) {
		lines[0] += " "
	}
	return strings.Join(lines, "\n")
}

// dedented returns the lines of a comment with spaces for tabs, and those behind the first without the indentation that
// all of them have, as Python's formatters leave docstrings.
func dedented(lines []string) []string {
	common := -1
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.ReplaceAll(line, "\t", "        "), " ")
		if spaces := len(lines[i]) - len(strings.TrimLeft(lines[i], " ")); i > 0 && lines[i] != "" && (common < 0 || spaces < common) {
			common = spaces
		}
	}
	for i := range lines {
		if i > 0 && lines[i] != "" {
			lines[i] = lines[i][common:]
		}
	}
	return lines
}
