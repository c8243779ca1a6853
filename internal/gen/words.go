package gen

import (
	"go/token"
	"strings"
	"unicode"
)

// words splits a name at underscores and at changes of case: "HTTPServer_id" is HTTP, Server, id.
func words(name string) []string {
	var list []string
	runes := []rune(name)
	start := 0
	cut := func(end int) {
		if end > start {
			list = append(list, string(runes[start:end]))
		}
		start = end
	}
	for i, r := range runes {
		switch {
		case r == '_' || r == '.' || r == '-':
			cut(i)
			start = i + 1
		case i > start && unicode.IsUpper(r) && !unicode.IsUpper(runes[i-1]):
			cut(i)
		case i > start && unicode.IsUpper(r) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
			cut(i)
		}
	}
	cut(len(runes))
	return list
}

// snake returns a name in snake case: "HTTPServer" is http_server.
func snake(name string) string { return strings.ToLower(strings.Join(words(name), "_")) }

// screamingSnake returns a name in upper snake case: "NotFound" is NOT_FOUND.
func screamingSnake(name string) string { return strings.ToUpper(snake(name)) }

// lowerCamel returns the name of a local variable: "user_id" is userID.
func lowerCamel(name string) string {
	var b strings.Builder
	for i, word := range words(name) {
		switch {
		case i == 0:
			b.WriteString(strings.ToLower(word))
		case isInitialism(word):
			b.WriteString(strings.ToUpper(word))
		default:
			b.WriteString(strings.ToUpper(word[:1]) + strings.ToLower(word[1:]))
		}
	}
	if name := b.String(); token.IsIdentifier(name) || token.IsKeyword(name) {
		return name
	}
	return "x" + b.String() // a name that begins with a digit
}

// exported returns an exported Go name that resembles name, to be offered in an error.
func exported(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		for i, r := range word {
			switch {
			case i == 0:
				b.WriteRune(unicode.ToUpper(r))
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				b.WriteRune(r)
			}
		}
	}
	if s := b.String(); token.IsIdentifier(s) && token.IsExported(s) {
		return s
	}
	return "X" + b.String()
}

// isInitialism reports whether Go writes a word in capitals. The list is that of staticcheck's check ST1003.
func isInitialism(word string) bool {
	switch strings.ToUpper(word) {
	case "ACL", "API", "ASCII", "CPU", "CSS", "DNS", "EOF", "GUID", "HTML", "HTTP", "HTTPS", "ID", "IP", "JSON",
		"QPS", "RAM", "RPC", "SLA", "SMTP", "SQL", "SSH", "TCP", "TLS", "TTL", "UDP", "UI", "GID", "UID", "UUID",
		"URI", "URL", "UTF8", "VM", "XML", "XMPP", "XSRF", "XSS", "SIP", "RTP", "AMQP", "DB", "TS":
		return true
	}
	return false
}
