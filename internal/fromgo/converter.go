package fromgo

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// A converter makes the services, messages and enums of one .proto file.
type converter struct {
	src       *source
	options   Options
	generated *types.Package // stands for the Go package that is generated from the file
	taken     names          // of the file, and of the Go package
	services  []*service     // to be in the file; those that are called back behind the first
	callable  map[*types.TypeName]*service
	messages  typeutil.Map // from structs, and from lists and maps inside others, to *message
	enums     map[*types.TypeName]*enum
}

func newConverter(src *source, o Options) *converter {
	return &converter{
		src:       src,
		options:   o,
		generated: types.NewPackage(o.GoPackage, o.goPackageName()),
		taken:     names{},
		callable:  map[*types.TypeName]*service{},
		enums:     map[*types.TypeName]*enum{},
	}
}

func (c *converter) problem(obj types.Object, kind Kind, format string, args ...any) Problem {
	return Problem{Position: c.src.at(obj), Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// roots converts the interfaces that were asked for, and every interface that their methods are passed.
func (c *converter) roots(list []*types.TypeName) {
	for _, name := range list {
		s := c.serviceOf(name)
		s.Root = true
		c.enqueue(s)
	}
	packages := map[*types.Package]bool{}
	for _, name := range list {
		if !packages[name.Pkg()] {
			c.sentinels(c.callable[name])
		}
		packages[name.Pkg()] = true
	}
	for i := 0; i < len(c.services); i++ { // grows
		if !c.services[i].done {
			c.convert(c.services[i])
		}
	}
}

// serviceOf returns the service of an interface, with its names chosen.
func (c *converter) serviceOf(name *types.TypeName) *service {
	if s, ok := c.callable[name]; ok {
		return s
	}
	s := &service{iface: name, methods: methodsOf(name.Type()), serviceNaming: c.firstNaming(serviceNamings(name.Name())), Doc: c.src.doc(name)}
	c.callable[name] = s
	return s
}

func (c *converter) firstNaming(namings []serviceNaming) serviceNaming {
	for _, n := range namings {
		if n.GoName != "Plugins" && c.taken.take(n.declares()...) { // that is the method of a plugin set
			return n
		}
	}
	last := namings[len(namings)-1].GoName
	for i := 2; ; i++ {
		n := serviceNamings(fmt.Sprintf("%s%d", last, i))[0]
		if c.taken.take(n.declares()...) {
			return n
		}
	}
}

// enqueue puts a service into the file, and those that its methods are passed.
func (c *converter) enqueue(s *service) {
	if s.queued {
		return
	}
	s.queued = true
	c.services = append(c.services, s)
	for _, callee := range s.callees {
		c.enqueue(callee)
	}
}

// convert converts the methods of a service.
func (c *converter) convert(s *service) {
	rpcNames := names{}
	for _, m := range s.methods {
		if !m.Exported() {
			s.add(c.problem(m, LeftOut, "method %s of %s is left out: it is unexported, so other packages cannot implement it", m.Name(), s.iface.Name()))
			continue
		}
		b := &methodBuilder{converter: c, service: s, method: m, name: m.Name()}
		if isVetted(m.Name()) {
			b.name += "Remote"
		}
		if r := b.build(); r != nil {
			r.Name = rpcNames.first(pascal(b.name))
			b.nameMessages(r)
			s.RPCs = append(s.RPCs, r)
		}
	}
	s.done = true
}

// methodsOf returns the methods of an interface in the order of its source: its own, then those of each interface that
// it embeds.
func methodsOf(t types.Type) []*types.Func {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return nil // a type of a union, which method sets do not have
	}
	var list []*types.Func
	for m := range iface.ExplicitMethods() {
		list = append(list, m)
	}
	sortByPosition(list)
	for embedded := range iface.EmbeddedTypes() {
		list = append(list, methodsOf(embedded)...)
	}
	return firstOfEachName(list)
}

func (c *converter) file() (*file, []Problem) {
	f := &file{Package: c.options.ProtoPackage, GoPackage: c.options.GoPackage, Services: c.services}
	var roots []string
	for _, s := range f.Services {
		if s.Root {
			roots = append(roots, s.iface.Pkg().Path()+"."+s.iface.Name())
		}
	}
	f.Header = "Made by goplugin-new from the Go interface " + roots[0] + "."
	if len(roots) > 1 {
		f.Header = "Made by goplugin-new from the Go interfaces " + strings.Join(roots, ", ") + "."
	}
	f.collect()
	var problems []Problem
	for _, s := range f.Services {
		problems = append(problems, s.problems...)
	}
	for _, m := range f.Messages {
		problems = append(problems, m.problems...)
	}
	for _, e := range f.Enums {
		problems = append(problems, e.problems...)
	}
	return f, sorted(problems)
}
