package fromgo

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words splits a Go name at underscores and at changes of case: "HTTPServerIDs" is HTTP, Server, IDs. Names in .proto
// files are ASCII, so other letters are dropped. The rule is that of buf lint, but for plurals of initialisms.
func words(name string) []string {
	var list []string
	for part := range strings.SplitSeq(name, "_") {
		part = strings.Map(asciiOnly, part)
		start := 0
		for i := 1; i < len(part); i++ {
			if beginsWord(part, i) {
				list = append(list, part[start:i])
				start = i
			}
		}
		if part != "" {
			list = append(list, part[start:])
		}
	}
	return list
}

func asciiOnly(r rune) rune {
	if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return r
	}
	return -1
}

// beginsWord reports whether a word begins at a capital: behind a small letter, or as the last of several capitals.
func beginsWord(s string, i int) bool {
	if !isUpper(s, i) {
		return false
	}
	plural := i+1 < len(s) && s[i+1] == 's' && (i+2 == len(s) || isUpper(s, i+2)) && isUpper(s, i-1)
	return isLower(s, i-1) || isLower(s, i+1) && !plural
}

func isUpper(s string, i int) bool { return i < len(s) && 'A' <= s[i] && s[i] <= 'Z' }

func isLower(s string, i int) bool { return i < len(s) && 'a' <= s[i] && s[i] <= 'z' }

// snake returns the name of a field: "userID" is user_id.
func snake(name string) string {
	return withLetter("x", strings.ToLower(strings.Join(words(name), "_")))
}

// screaming returns the name of an enum value, or a part of one.
func screaming(name string) string { return strings.ToUpper(strings.Join(words(name), "_")) }

// pascal returns the name of a message, service or rpc: "event_kind" is EventKind.
func pascal(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return withLetter("X", b.String())
}

// withLetter returns a name that begins with a letter.
func withLetter(letter, name string) string {
	if name == "" || unicode.IsDigit(rune(name[0])) {
		return letter + name
	}
	return name
}

// isVetted reports whether go vet lets a method of that name have one signature alone, which has no context.
func isVetted(method string) bool {
	switch method {
	case "GobDecode", "GobEncode", "MarshalJSON", "MarshalXML", "ReadByte", "ReadRune", "UnmarshalJSON", "UnmarshalXML", "UnreadByte", "UnreadRune", "WriteByte":
		return true
	}
	return false
}

// lowerCamel returns the Go name of a parameter that is made from a field: "user_id" is userId.
func lowerCamel(field string) string {
	first, rest, several := strings.Cut(field, "_")
	if !several {
		return first
	}
	return first + pascal(rest)
}
