package gen

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/gofeaturespb"
)

// A declaration is something that takes a name in a Go package.
type declaration struct {
	what string // "message kv.v1.Handshake"
	at   Position
}

func (d declaration) String() string { return fmt.Sprintf("%s (%s)", d.what, d.at) }

// taken are the names of a Go package that are in use, and by what.
type taken map[string]declaration

// firstClash returns the first of the names that is in use.
func (t taken) firstClash(names []string) (string, declaration, bool) {
	for _, name := range names {
		if d, clash := t[name]; clash {
			return name, d, true
		}
	}
	return "", declaration{}, false
}

func (t taken) add(names []string, d declaration) {
	for _, name := range names {
		t[name] = d
	}
}

// addFile adds what protoc-gen-go and protoc-gen-go-grpc declare for a file.
func (t taken) addFile(file *protogen.File) {
	t.add([]string{file.GoDescriptorIdent.GoName}, declaration{"file " + file.Desc.Path(), Position{File: file.Desc.Path()}})
	t.addMessages(file.Messages)
	t.addEnums(file.Enums)
	t.addExtensions(file.Extensions)
	for _, service := range file.Services {
		t.addService(service)
	}
}

func (t taken) addMessages(messages []*protogen.Message) {
	for _, m := range messages {
		d := declaration{"message " + string(m.Desc.FullName()), positionOf(m.Desc)}
		t.add([]string{m.GoIdent.GoName}, d)
		if m.APILevel != gofeaturespb.GoFeatures_API_OPEN {
			t.add([]string{builderOf(m.GoIdent.GoName)}, d)
		}
		t.addFields(m)
		t.addMessages(m.Messages)
		t.addEnums(m.Enums)
		t.addExtensions(m.Extensions)
	}
}

// addFields adds the names that protoc-gen-go gives to a default and to a field of a oneof: its wrapper type and, in
// the opaque API, its case.
func (t taken) addFields(m *protogen.Message) {
	for _, field := range m.Fields {
		d := declaration{"field " + string(field.Desc.FullName()), positionOf(field.Desc)}
		name := m.GoIdent.GoName + "_" + field.GoName
		if field.Desc.HasDefault() {
			t.add([]string{"Default_" + name}, d)
		}
		if field.Oneof != nil {
			t.add([]string{field.GoIdent.GoName, name + "_case", m.GoIdent.GoName + "_" + field.Oneof.GoName + "_not_set_case"}, d)
		}
	}
}

func (t taken) addEnums(enums []*protogen.Enum) {
	for _, e := range enums {
		name := e.GoIdent.GoName
		t.add([]string{name, name + "_name", name + "_value"}, declaration{"enum " + string(e.Desc.FullName()), positionOf(e.Desc)})
		for _, v := range e.Values {
			t.add([]string{v.GoIdent.GoName}, declaration{"enum value " + string(v.Desc.FullName()), positionOf(v.Desc)})
		}
	}
}

func (t taken) addExtensions(extensions []*protogen.Extension) {
	for _, x := range extensions {
		t.add([]string{"E_" + x.GoIdent.GoName}, declaration{"extension " + string(x.Desc.FullName()), positionOf(x.Desc)})
	}
}

// addService adds what protoc-gen-go-grpc declares, so that its output can stand in the same package.
func (t taken) addService(service *protogen.Service) {
	name := service.GoName
	d := declaration{"protoc-gen-go-grpc's code for service " + string(service.Desc.FullName()), positionOf(service.Desc)}
	t.add([]string{
		name + "Client", "New" + name + "Client",
		name + "Server", "Unimplemented" + name + "Server", "Unsafe" + name + "Server", "Register" + name + "Server",
		name + "_ServiceDesc",
	}, d)
	for _, m := range service.Methods {
		method := name + "_" + m.GoName
		t.add([]string{method + "_FullMethodName", method + "Client", method + "Server"}, d)
	}
}

func builderOf(message string) string { return message + "_builder" }

// serviceNames returns the names made from an interface name.
func serviceNames(name string) ServiceNames {
	return ServiceNames{
		Interface:          name,
		PluginName:         name + "PluginName",
		Unimplemented:      "Unimplemented" + name,
		GRPCPlugin:         name + "GRPCPlugin",
		GRPCClient:         name + "GRPCClient",
		NewGRPCClient:      "New" + name + "GRPCClient",
		GRPCServer:         name + "GRPCServer",
		RegisterGRPCServer: "Register" + name + "GRPCServer",
		RPCPlugin:          name + "RPCPlugin",
		RPCClient:          name + "RPCClient",
		NewRPCClient:       "New" + name + "RPCClient",
		RPCServer:          name + "RPCServer",
		NewRPCServer:       "New" + name + "RPCServer",
		Dispense:           "Dispense" + name,
	}
}

// callbackOnly returns the names of a service without a plugin of its own.
func (n ServiceNames) callbackOnly() []string {
	return []string{n.Interface, n.Unimplemented, n.GRPCClient, n.NewGRPCClient, n.GRPCServer, n.RegisterGRPCServer}
}

// all returns the names of a service that a plugin serves over a transport.
func (n ServiceNames) all(over Transport) []string {
	names := []string{n.Interface, n.PluginName, n.Unimplemented, n.Dispense}
	if over.grpc() {
		names = append(names, n.GRPCPlugin, n.GRPCClient, n.NewGRPCClient, n.GRPCServer, n.RegisterGRPCServer)
	}
	if over.netRPC() {
		names = append(names, n.RPCPlugin, n.RPCClient, n.NewRPCClient, n.RPCServer, n.NewRPCServer)
	}
	return names
}

// interfaceNames returns the interface names to try for a service, best first.
func interfaceNames(goName string) []string {
	short := strings.TrimSuffix(goName, "Service")
	if short == "" || !token.IsExported(short) {
		short = goName
	}
	return []string{short, goName, goName + "API"}
}

// packageNames returns the package-level names with a prefix.
func packageNames(prefix string) PackageNames {
	return PackageNames{
		ProtocolVersion:    prefix + "ProtocolVersion",
		Handshake:          prefix + "Handshake",
		PluginSet:          prefix + "PluginSet",
		ServeConfig:        prefix + "ServeConfig",
		Serve:              prefix + "Serve",
		ClientConfig:       prefix + "ClientConfig",
		NewClient:          prefix + "NewClient",
		NewInProcessClient: prefix + "NewInProcessClient",
	}
}

func (n PackageNames) all() []string {
	return []string{n.ProtocolVersion, n.Handshake, n.PluginSet, n.ServeConfig, n.Serve, n.ClientConfig, n.NewClient, n.NewInProcessClient}
}

// A scope hands out identifiers of one function, so that none hides another or a name that the body needs.
type scope map[string]bool

// newScope returns a scope in which the given names are in use.
func newScope(used ...string) scope {
	s := scope{}
	for _, name := range used {
		s[name] = true
	}
	return s
}

// name returns the wanted identifier, with as many underscores behind it as it takes to be free.
func (s scope) name(wanted string) string {
	for s[wanted] || reserved(wanted) {
		wanted += "_"
	}
	s[wanted] = true
	return wanted
}

// reserved reports whether a local name would break the code or hide something: a keyword, a predeclared identifier,
// the blank identifier or a helper of the glue.
func reserved(name string) bool {
	return name == "_" || token.IsKeyword(name) || types.Universe.Lookup(name) != nil || slices.Contains(helperNames(), name)
}

// helperNames returns the unexported package-level names of the glue. They share a prefix, so that none meets a
// declaration of the user's own.
func helperNames() []string {
	return []string{
		"gopluginAnswer", "gopluginBuffer", "gopluginInProcess", "gopluginNoOutput", "gopluginCall", "gopluginDecode", "gopluginEncode", "gopluginForeign", "gopluginRPCError",
		"gopluginBidiStream", "gopluginByteStream", "gopluginChunk", "gopluginChunks", "gopluginPipeBytes", "gopluginReadBytes", "gopluginReader", "gopluginSendBytes", "gopluginCallback", "gopluginDialCallback", "gopluginServeCallback", "gopluginClientStream", "gopluginFail", "gopluginInputError", "gopluginPanic",
		"gopluginReceive", "gopluginReceived", "gopluginSame", "gopluginSend", "gopluginSendRecovered", "gopluginSendWhole", "gopluginServerStream",
		"gopluginStream", "gopluginWhole",
		"gopluginBadRequest", "gopluginBadResponse", "gopluginCallOptions", "gopluginDispense", "gopluginEmpty",
		"gopluginError", "gopluginFromDuration", "gopluginFromMap", "gopluginFromSlice", "gopluginFromTime",
		"gopluginHasInfo", "gopluginInvoke", "gopluginNewServer", "gopluginPlain", "gopluginPointer",
		"gopluginPresent", "gopluginRecover", "gopluginRequired", "gopluginSentinel", "gopluginSentinels",
		"gopluginStatus", "gopluginText", "gopluginToDuration", "gopluginToMap", "gopluginToSlice", "gopluginToTime",
		"gopluginUnary", "gopluginUnimplemented", "gopluginWindow", "gopluginWithInfo",
	}
}
