package python

import (
	"strconv"
	"strings"
)

// What the plugin's author goes on to edit is formatted as Python's formatter would, so that the first change of a line
// does not change others. Generated modules are left out of formatting.

// lineLength is what Python's formatters are set to in the projects.
const lineLength = 120

const indent = "    "

// signature returns the first line of a method, broken where it is too long.
func signature(keyword string, m *Method) string {
	parameters := append([]string{"self"}, m.Parameters...)
	head, tail := indent+keyword+" "+m.Name, " -> "+m.Returns+":"
	if line := head + "(" + strings.Join(parameters, ", ") + ")" + tail; len(line) <= lineLength {
		return line
	}
	if len(indent+")"+tail) > lineLength {
		tail = " -> " + subscript(indent, m.Returns) + ":"
	}
	return head + brackets(indent, "(", parameters, ")", len(parameters) > 1) + tail
}

// subscript returns a generic type with its arguments on lines of their own.
func subscript(at, typ string) string {
	name, rest, generic := strings.Cut(typ, "[")
	arguments, isSubscript := strings.CutSuffix(rest, "]")
	if !generic || !isSubscript {
		return typ
	}
	list := topLevel(arguments)
	if len(list) == 1 {
		return name + "[\n" + at + indent + list[0] + "\n" + at + "]"
	}
	return name + brackets(at, "[", list, "]", false)
}

// topLevel splits a list at the commas that are in no brackets.
func topLevel(list string) []string {
	var items []string
	depth, start := 0, 0
	for i, r := range list {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		case ',':
			if depth == 0 {
				items = append(items, list[start:i])
				start = i + len(", ")
			}
		}
	}
	return append(items, list[start:])
}

// brackets returns a list in brackets that open at an indentation: on one line of its own if together says that this is
// possible and it is short enough, otherwise with a line for each item.
func brackets(at, open string, items []string, end string, together bool) string {
	inner := at + indent
	if joined := strings.Join(items, ", "); together && len(inner+joined) <= lineLength {
		return open + "\n" + inner + joined + "\n" + at + end
	}
	return open + "\n" + inner + strings.Join(items, ",\n"+inner) + ",\n" + at + end
}

// element returns a call as an element of a list at an indentation, broken where it is too long.
func element(at, function string, arguments []string) string {
	if line := at + function + "(" + strings.Join(arguments, ", ") + "),"; len(line) <= lineLength {
		return line
	}
	return at + function + brackets(at, "(", arguments, ")", true) + ","
}

// unwritten returns the statement that stands for the body of a method.
func unwritten(name string) string {
	const at = indent + indent
	raise, text := at+"raise NotImplementedError", quote(name+" is not written yet")
	if line := raise + "(" + text + ")"; len(line) <= lineLength {
		return line
	}
	return raise + "(\n" + at + indent + text + "\n" + at + ")"
}

// importLine returns an import, broken where it is too long.
func importLine(line string) string {
	from, names, ok := strings.Cut(line, " import ")
	if len(line) <= lineLength || !ok {
		return line
	}
	return from + " import " + brackets("", "(", strings.Split(names, ", "), ")", false)
}

// quote returns a text as a literal of Python, whose escapes are Go's.
func quote(text string) string { return strconv.Quote(text) }
