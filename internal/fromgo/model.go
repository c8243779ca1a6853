package fromgo

import (
	_ "embed"
	"go/types"
	"slices"
	"strings"
	"text/template"
)

// A file is a .proto file: plain data, with every name decided.
type file struct {
	Header             string
	Package, GoPackage string
	Imports            []string
	Services           []*service
	Messages           []*message
	Enums              []*enum
}

type service struct {
	serviceNaming
	Root       bool // a plugin implements it; any other is only called back
	Doc        string
	Directives []string
	RPCs       []*rpc

	iface    *types.TypeName // or the type of a func
	methods  []*types.Func
	ofFunc   bool
	callees  []*service // what its methods are passed
	done     bool       // its methods are converted
	queued   bool       // it is in the file
	changed  bool       // a generated method has another signature
	problems []Problem
}

type rpc struct {
	Name              string
	Doc, Directive    string
	Request, Response *message
	RequestIsStream   bool
	ResponseIsStream  bool
}

type message struct {
	Name, Doc string
	Fields    []*field

	ofRPC    bool   // it is a request or response
	note     string // of the list or map that it is around
	problems []Problem
}

type field struct {
	value
	Name   string
	Number int
	Doc    string

	forever bool // its callback lives as long as the plugin, not only for the call
}

type enum struct {
	Name, Doc string
	Values    []enumValue

	problems []Problem
}

type enumValue struct {
	Name, Doc string
	Number    int64
}

// collect lists the messages and enums that the services use, in the order of their use, and the files that they need.
func (f *file) collect() {
	for _, s := range f.Services {
		for _, r := range s.RPCs {
			f.addMessage(r.Request)
			f.addMessage(r.Response)
		}
	}
	for i := 0; i < len(f.Messages); i++ { // grows
		for _, field := range f.Messages[i].Fields {
			f.addType(field.value)
		}
	}
	slices.Sort(f.Imports)
}

func (f *file) addMessage(m *message) {
	if !slices.Contains(f.Messages, m) {
		f.Messages = append(f.Messages, m)
	}
}

func (f *file) addType(v value) {
	if v.message != nil {
		f.addMessage(v.message)
	}
	if v.enum != nil && !slices.Contains(f.Enums, v.enum) {
		f.Enums = append(f.Enums, v.enum)
	}
	if v.file != "" && !slices.Contains(f.Imports, v.file) {
		f.Imports = append(f.Imports, v.file)
	}
}

//go:embed proto.tmpl
var protoTemplate string

// print returns the text of the file.
func (f *file) print() (string, error) {
	t, err := template.New("proto").Funcs(template.FuncMap{"comment": comment, "type": f.typeOf, "message": f.messageOf}).Parse(protoTemplate)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, f)
	return b.String(), err
}

// comment returns paragraphs as line comments, each behind indent; none of them is empty text.
func comment(indent string, paragraphs ...string) string {
	paragraphs = slices.DeleteFunc(paragraphs, func(p string) bool { return p == "" })
	var b strings.Builder
	for line := range strings.SplitSeq(strings.Join(paragraphs, "\n\n"), "\n") {
		if len(paragraphs) > 0 {
			b.WriteString(strings.TrimRight(indent+"// "+line, " ") + "\n")
		}
	}
	return b.String()
}

// typeOf returns the type of a message's field as the file names it.
func (f *file) typeOf(m *message, fd *field) string {
	name := fd.scalar
	switch {
	case fd.message != nil:
		name = f.reference(m, fd.message.Name)
	case fd.enum != nil:
		name = f.reference(m, fd.enum.Name)
	case fd.file != "" && strings.Contains(f.Package+".", ".google."):
		name = "." + name // or it would be looked up in that package
	}
	switch {
	case fd.key != "":
		return "map<" + fd.key + ", " + name + ">"
	case fd.label != "":
		return fd.label + " " + name
	}
	return name
}

// messageOf returns the name of a request or response as a service sees it. An rpc hides what has its name.
func (f *file) messageOf(s *service, m *message) string {
	for _, r := range s.RPCs {
		if r.Name == m.Name {
			return "." + f.Package + "." + m.Name
		}
	}
	return m.Name
}

// reference returns the name of a message or enum as a message sees it. The entry of a map hides what has its name.
func (f *file) reference(m *message, name string) string {
	for _, fd := range m.Fields {
		if fd.key != "" && pascal(fd.Name)+"Entry" == name {
			return "." + f.Package + "." + name
		}
	}
	return name
}

// Governing returns the directives of the service, a line each.
func (s *service) Governing() string {
	name := ""
	if s.GoName != s.defaultGoName() {
		name = " name=" + s.GoName
	}
	list := []string{"goplugin:service" + name + " style=flat"}
	if !s.Root {
		list = append(list, "goplugin:host")
	}
	return strings.Join(append(list, s.Directives...), "\n")
}

// Comment reports whether a comment stands above the rpc.
func (r *rpc) Comment() bool { return r.Doc != "" || r.Directive != "" }

// Comment reports whether a comment stands above the field.
func (f *field) Comment() bool { return f.Doc != "" || f.callback != nil }

// Directive returns the directive of the field, if it needs one.
func (f *field) Directive() string {
	if f.callback == nil {
		return ""
	}
	if f.forever {
		return "goplugin:callback " + f.callback.GoName + " lifetime=plugin"
	}
	return "goplugin:callback " + f.callback.GoName
}
