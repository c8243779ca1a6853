package python

import "github.com/goplugin-dev/goplugin/internal/gen"

// The model is what the templates know: every name and expression is decided.

// API is what one request is about.
type API struct {
	Packages []*Package
	files    map[string]string // modules of messages and their types
	builders []*packageBuilder
}

// Package is what the services of one Go package share in Python.
type Package struct {
	Name      string // of the proto package: kv.v1
	Dir       string // relative to sdk
	Goplugin  string // the import of the package goplugin
	Handshake gen.Handshake
	Errors    []Error
	Modules   []*Module
}

// Services returns the services of all modules.
func (p *Package) Services() []*Service {
	var list []*Service
	for _, m := range p.Modules {
		list = append(list, m.Services...)
	}
	return list
}

// Plugins returns the services that a plugin can serve.
func (p *Package) Plugins() []*Service {
	var list []*Service
	for _, s := range p.Services() {
		if !s.Host {
			list = append(list, s)
		}
	}
	return list
}

// Error is a declared error.
type Error struct {
	Name, Text, Code, Reason, Domain string
}

// Module is the glue of one .proto file.
type Module struct {
	Source   string
	Path     string // relative to sdk
	Name     string
	Imports  [][]string
	Errors   []Error // of the package
	Services []*Service
}

// Service is one service.
type Service struct {
	FullName                  string
	Interface, Client, Server string // classes
	Parameter                 string // of plugin_set
	Doc                       string
	Host                      bool // only called back
	Errors                    bool // whether its package declares errors
	Methods                   []*Method
}

// Method is one rpc, with what its adapters say.
type Method struct {
	Name, RPC, Path, Doc string
	Shape                gen.Shape
	Parameters           []string // of the interface
	Returns              string
	Request, Response    string // message types
	Callbacks            []Callback
	Client               Client
	Server               Server
}

// Yields reports whether a call returns a stream.
func (m *Method) Yields() bool { return m.Shape.FromServer() }

// Takes reports whether a call takes a stream.
func (m *Method) Takes() bool { return m.Shape.FromClient() }

// Handler returns the function of goplugin that makes a handler of the method.
func (m *Method) Handler() string {
	return map[gen.Shape]string{
		gen.Unary: "unary", gen.ServerStream: "server_stream", gen.ClientStream: "client_stream", gen.BidiStream: "bidi_stream",
	}[m.Shape]
}

// Client is what a client's method says.
type Client struct {
	Request  string // the request, or the stream of requests, over the parameters
	Response string // local of the response
	Result   string // the result over it; empty for none
	Whole    bool   // the response is the result
}

// Server is what a server's method says.
type Server struct {
	Arguments string // of the implementation, over the request
	Result    string // local of the result; empty where the implementation returns none
	Response  string // the response over it
	Whole     bool   // the result is the response
}

// Callback is a parameter that the other side calls.
type Callback struct {
	Parameter, Field string
	ID               string // local of the client's method
	Client, Server   string // classes
	Forever          bool
}
