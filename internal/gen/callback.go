package gen

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A callback is a uint32 field that carries the id of a connection of go-plugin's broker. In Go it is the interface
// that can be called over that connection.

// hasCallback reports whether a field of a message is a callback.
func (b *packageBuilder) hasCallback(m *protogen.Message) bool {
	return slices.ContainsFunc(m.Fields, func(f *protogen.Field) bool {
		_, ok := b.ds.callback(f.Desc.FullName(), &problems{})
		return ok
	})
}

// needsBroker reports whether the adapters of a service pass callbacks.
func (b *packageBuilder) needsBroker(service *protogen.Service) bool {
	return slices.ContainsFunc(service.Methods, func(m *protogen.Method) bool {
		return !b.ds.method(m.Desc.FullName(), &problems{}).skip && b.hasCallback(m.Input)
	})
}

// callback plans a field that is a callback. response says that it is in a response.
func (b *methodBuilder) callback(f *protogen.Field, d directive, response bool) (plan, bool) {
	b.used[f.Desc.FullName()] = true
	if f.Desc.Kind() != protoreflect.Uint32Kind || f.Desc.IsList() || inOneof(f) {
		b.ps.addf(d.at, "field %s cannot be a callback: its type must be uint32, neither repeated nor in a oneof", f.Desc.FullName())
		return plan{}, false
	}
	name, _ := d.get("")
	service, ok := b.interfaceNamed(name.value)
	if !ok {
		b.ps.addf(name.at, "no service of this Go package is the interface %s: expected one of %s", name.value, strings.Join(b.interfaces(), ", "))
		return plan{}, false
	}
	if b.pkg.NetRPC {
		b.ps.addf(d.at, "field %s is a callback, which takes go-plugin's gRPC broker: leave the option transport=%s out", f.Desc.FullName(), b.options.Transport)
		return plan{}, false
	}
	if response {
		b.ps.addf(d.at, "field %s is in a response, where this version generates no callback: pass it in a request", f.Desc.FullName())
		return plan{}, false
	}
	lifetime, _ := d.get("lifetime")
	v := &Value{
		Type: b.names[service.Desc.FullName()].Interface, Zero: "nil", Proto: string(f.Desc.Name()), Field: structField(f),
		Callback: &Callback{Forever: lifetime.value == "plugin"},
	}
	b.pkg.Helpers.Callbacks = true
	p := plan{Value: v, encode: asIs, decode: get(f), called: service}
	if f.Desc.HasPresence() {
		p.encode = func(id string) string { return "&" + id }
	}
	return p, true
}

// interfaceNamed returns the service that became an interface.
func (b *methodBuilder) interfaceNamed(name string) (*protogen.Service, bool) {
	for _, file := range b.group.files {
		for _, service := range file.Services {
			if n, ok := b.names[service.Desc.FullName()]; ok && n.Interface == name {
				return service, true
			}
		}
	}
	return nil, false
}

func (b *methodBuilder) interfaces() []string {
	var list []string
	for _, n := range b.names {
		list = append(list, n.Interface)
	}
	slices.Sort(list)
	return list
}

// An adapterScope is the identifiers of one adapter method, and the name of its receiver.
type adapterScope struct {
	scope
	receiver string
}

// nameCallback chooses the locals of a callback in the adapter that serves it, where local holds it, and in the one
// that calls it.
func (b *methodBuilder) nameCallback(v plan, local string, serving, calling adapterScope) {
	if v.Callback == nil {
		return
	}
	name, names := lowerCamel(v.Proto), b.names[v.called.Desc.FullName()]
	v.Callback.ID = serving.name(name + "ID")
	v.Callback.Stop = serving.name("stop" + exported(name))
	v.Callback.HangUp = calling.name("hangUp" + exported(name))
	servingBroker, callingBroker := "", ""
	if b.needsBroker(v.called) {
		servingBroker, callingBroker = serving.receiver+".broker, ", calling.receiver+".broker, "
	}
	v.Callback.Register = "func(registrar grpc.ServiceRegistrar) { " + names.RegisterGRPCServer + "(registrar, " + servingBroker + local + ") }"
	v.Callback.New = "func(cc grpc.ClientConnInterface) " + names.Interface + " { return " + names.NewGRPCClient + "(" + callingBroker + "cc) }"
}

// checkFields checks the directives of every field, and that each callback is passed by some rpc.
func checkFields(plugin *protogen.Plugin, ds directives, used map[protoreflect.FullName]bool, ps *problems) {
	for _, file := range plugin.Files {
		if !file.Generate {
			continue
		}
		for _, f := range fieldsOf(file.Messages) {
			name := f.Desc.FullName()
			if d, ok := ds.callback(name, ps); ok && !used[name] {
				ps.addf(d.at, "field %s is a callback, but no rpc of this run has its message as a request or response", name)
			}
		}
	}
}

// fieldsOf returns the fields of messages and of those inside them.
func fieldsOf(messages []*protogen.Message) []*protogen.Field {
	var fields []*protogen.Field
	for _, m := range messages {
		fields = append(append(fields, m.Fields...), fieldsOf(m.Messages)...)
	}
	return fields
}
