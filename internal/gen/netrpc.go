package gen

import (
	"slices"

	"google.golang.org/protobuf/compiler/protogen"
)

// Over net/rpc, a call has one argument and one reply, which gob encodes.

// netRPC decides how the request and the response of a method travel over net/rpc.
func (b *methodBuilder) netRPC(p *methodPlan) {
	if !b.pkg.NetRPC {
		return
	}
	if p.Shape != Unary {
		b.ps.addf(positionOf(p.desc), "rpc %s is a %s, which net/rpc cannot carry: write \"goplugin:skip\" above it, or leave the option transport=%s out",
			p.desc.FullName(), p.Shape, b.options.Transport)
	}
	p.Args, p.Reply = b.payload(p, p.request, "Args"), b.payload(p, p.response, "Reply")
	b.pkg.Helpers.Messages = b.pkg.Helpers.Messages || p.Args.Form == FormMessage || p.Reply.Form == FormMessage
}

// payload returns how one side travels. suffix ends the name of its struct, if it is one.
func (b *methodBuilder) payload(p *methodPlan, s side, suffix string) Payload {
	var fields []*Value
	for _, f := range s.plans {
		fields = append(fields, f.Value)
	}
	switch {
	case !b.plain(s):
		return Payload{Form: FormMessage, Type: "[]byte"}
	case len(fields) == 0:
		return Payload{Form: FormNothing, Type: "any"}
	case len(fields) == 1:
		return Payload{Form: FormValue, Type: fields[0].Type, Fields: fields}
	}
	return Payload{Form: FormStruct, Type: b.structName(p, suffix), Fields: fields}
}

// structName returns a free name for the arguments or the reply of a method.
func (b *methodBuilder) structName(p *methodPlan, suffix string) string {
	first := p.names.Interface + p.Name + suffix
	second := p.names.Interface + p.Name + "RPC" + suffix
	for _, name := range []string{first, second} {
		if _, taken := b.taken[name]; !taken {
			b.taken.add([]string{name}, declaration{"rpc " + string(p.desc.FullName()), positionOf(p.desc)})
			return name
		}
	}
	b.ps.addf(positionOf(p.desc), "rpc %s finds no free name for its %s over net/rpc: %s is taken by %s, and %s by %s. Write \"goplugin:method name=N\" above it",
		p.desc.FullName(), suffix, first, b.taken[first], second, b.taken[second])
	return first
}

// plain reports whether gob carries the fields of a side as they are: no messages but times and durations, and nothing
// that can be absent, which gob does not tell from zero.
func (b *methodBuilder) plain(s side) bool {
	if s.whole {
		return false
	}
	for _, f := range s.message.Fields {
		value := f
		if f.Desc.IsMap() {
			value = f.Message.Fields[1]
		}
		isValue := value.Message == nil || isTime(value) || isDuration(value)
		mayBeAbsent := f.Message == nil && f.Desc.HasPresence() && !isRequired(f)
		if !isValue || mayBeAbsent {
			return false
		}
	}
	return true
}

// plain returns the fields of a message that only net/rpc carries: without what it takes to build the message.
func (b fieldBuilder) plain(m *protogen.Message) []plan {
	var plans []plan
	for _, f := range m.Fields {
		v := &Value{Proto: string(f.Desc.Name()), Field: structField(f), Zero: "nil"}
		switch {
		case f.Desc.IsMap():
			v.Type = "map[" + b.scalar(f.Message.Fields[0]) + "]" + b.element(f.Message.Fields[1])
		case f.Desc.IsList():
			v.Type = "[]" + b.element(f)
		case isTime(f):
			v.Type, v.Zero = b.element(f), b.element(f)+"{}"
		case isDuration(f):
			v.Type, v.Zero = b.element(f), "0"
		default:
			v.Type, v.Zero = b.element(f), zeroOf(f)
		}
		plans = append(plans, plan{Value: v, encode: asIs, decode: asIs})
	}
	return plans
}

// checkCarried reports what a service asks for and net/rpc cannot carry.
func (b *packageBuilder) checkCarried(service *protogen.Service) {
	if !b.pkg.NetRPC {
		return
	}
	settings := b.ds.service(service.Desc.FullName(), &problems{})
	out := "leave the option transport=" + string(b.options.Transport) + " out"
	if settings.host {
		b.ps.addf(positionOf(service.Desc), "service %s is only called back, which takes go-plugin's gRPC broker: %s, or write \"goplugin:skip\" above it", service.Desc.FullName(), out)
	}
	kept := func(m *protogen.Method) bool { return !b.ds.method(m.Desc.FullName(), &problems{}).skip }
	if !slices.ContainsFunc(service.Methods, kept) && !settings.host {
		b.ps.addf(positionOf(service.Desc), "service %s has no rpc, and net/rpc serves nothing without one: write \"goplugin:skip\" above it, or %s", service.Desc.FullName(), out)
	}
	if b.pkg.GRPC {
		return
	}
	for _, d := range settings.errors {
		name, _ := d.get("name")
		b.ps.addf(d.at, "error %s cannot keep its identity over net/rpc, which carries only the text of an error: %s, or remove this directive", name.value, out)
	}
}
