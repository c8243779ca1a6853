package fromgo

import (
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names are those in use in one scope.
type names map[string]bool

// take takes all of the names, if all of them are free.
func (n names) take(wanted ...string) bool {
	if slices.ContainsFunc(wanted, func(name string) bool { return n[name] }) {
		return false
	}
	for _, name := range wanted {
		n[name] = true
	}
	return true
}

// first takes and returns the first candidate that is free, or the last one with a number behind it.
func (n names) first(candidates ...string) string {
	for _, name := range candidates {
		if n.take(name) {
			return name
		}
	}
	last := candidates[len(candidates)-1]
	for i := 2; ; i++ {
		if name := last + strconv.Itoa(i); n.take(name) {
			return name
		}
	}
}

// A fieldScope is the names of one message's fields. Two of them must differ in JSON, too, where underscores and case
// do not count.
type fieldScope struct{ folded names }

// newFieldScope returns a scope without the one name that protoc-gen-go makes invalid code of.
func newFieldScope() fieldScope { return fieldScope{names{"protoreflect": true}} }

func (s fieldScope) name(goName string) string {
	wanted := snake(goName)
	name := wanted
	for i := 2; !s.folded.take(strings.ReplaceAll(name, "_", "")); i++ {
		name = wanted + strconv.Itoa(i)
	}
	return name
}

// A serviceNaming is the name of a service in the .proto file, and of its interface in Go.
type serviceNaming struct{ Proto, GoName string }

// defaultGoName returns the Go name that the generator gives a service without a directive.
func (n serviceNaming) defaultGoName() string {
	short := strings.TrimSuffix(n.Proto, "Service")
	if short == "" || !token.IsExported(short) {
		return n.Proto
	}
	return short
}

// declares returns every name that the code made from a service declares: by protoc-gen-goplugin for every transport,
// and by protoc-gen-go-grpc, whose output may stand beside it.
func (n serviceNaming) declares() []string {
	list := []string{
		n.Proto, n.Proto + "Client", n.Proto + "Server", "New" + n.Proto + "Client",
		"Unimplemented" + n.Proto + "Server", "Unsafe" + n.Proto + "Server", "Register" + n.Proto + "Server",
		n.GoName, n.GoName + "PluginName", "Unimplemented" + n.GoName, "Dispense" + n.GoName,
		"Register" + n.GoName + "GRPCServer", "New" + n.GoName + "RPCServer",
	}
	for _, transport := range []string{"GRPC", "RPC"} {
		name := n.GoName + transport
		list = append(list, name+"Plugin", name+"Client", name+"Server", "New"+name+"Client")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// serviceNamings returns the names to try for a service that is made from an interface, best first.
func serviceNamings(iface string) []serviceNaming {
	var list []serviceNaming
	for _, goName := range []string{exported(iface), exported(iface) + "API"} {
		list = append(list, serviceNaming{strings.TrimSuffix(pascal(goName), "Service") + "Service", goName})
	}
	return list
}

// exported returns a Go name with a capital in front.
func exported(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	if upper := string(unicode.ToUpper(r)) + name[size:]; token.IsExported(upper) {
		return upper
	}
	return "X" + name
}
