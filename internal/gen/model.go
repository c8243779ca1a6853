package gen

import "slices"

// The model is everything the templates know: plain data, with each name, type and expression decided. It knows
// neither protogen nor the templates.

// Package is the glue of one Go package: what its services share.
type Package struct {
	Name       string       // Go package name
	Doc        string       // package comment; empty where protoc-gen-go's files carry one
	Filename   string       // of the file that holds what the package shares, relative to the output directory
	ImportPath string       // Go import path
	Sources    []string     // the .proto files it was made from
	Imports    []Import     // of that file
	Names      PackageNames // of the package-level declarations
	Handshake  Handshake
	Files      []*File
	Services   []*Service // of all files, in the order of files and declarations
	Sentinels  []Sentinel
	Helpers    Helpers
	GRPC       bool   // whether it speaks gRPC
	NetRPC     bool   // whether it speaks net/rpc
	Version    string // of the generator
}

// Plugins returns the services that a plugin can serve: all but those that are only called back.
func (p *Package) Plugins() []*Service {
	var list []*Service
	for _, s := range p.Services {
		if !s.Host {
			list = append(list, s)
		}
	}
	return list
}

// PackageNames are the exported names that a package has once.
type PackageNames struct {
	ProtocolVersion, Handshake, PluginSet, ServeConfig, Serve, ClientConfig, NewClient, NewInProcessClient string
}

// Handshake is what a host and a plugin must agree on before they talk.
type Handshake struct {
	ProtocolVersion        uint
	CookieKey, CookieValue string
}

// Helpers says which of the optional helpers the package needs.
type Helpers struct {
	Empty                              bool // a shared empty request
	ToTime, ToDuration                 bool // from a message to Go, with a check
	FromTime, FromDuration             bool // from Go to a message
	ToSlice, ToMap, FromSlice, FromMap bool // the same for every element
	Pointer                            bool // a pointer for a value with presence
	Present                            bool // the value, if it is present
	Required                           bool // bytes that are never absent
	Streams                            bool // for streams of any kind
	Bytes                              bool // for streams that are an io.Reader or an io.ReadCloser
	Callbacks                          bool // for callbacks
	Messages                           bool // for messages over net/rpc
	BadRequest, BadResponse            bool // what a failed check is reported as
}

// File is the glue of one .proto file.
type File struct {
	Package  *Package
	Filename string // relative to the output directory
	Source   string // the .proto file
	Imports  []Import
	Services []*Service
}

// Import is one import of a generated file.
type Import struct {
	Name  string // explicit name; empty where the path says it
	Path  string
	First bool // the first after those of the standard library
}

// Service is one service and the Go declarations made from it.
type Service struct {
	Names      ServiceNames
	FullName   string // greeter.v1.GreeterService
	Source     string // the .proto file
	Key        string // what the host dispenses
	Detached   []string
	Doc        string // the comment of the interface, without "//"
	Host       bool   // only used for callbacks: no plugin, no entry in the plugin set
	Broker     bool   // its adapters need go-plugin's broker, for callbacks
	Deprecated string // the paragraph that marks every declaration; empty where the service is not deprecated
	Methods    []*Method
}

// ServiceNames are the exported names made from one service.
type ServiceNames struct {
	Interface, PluginName, Unimplemented, GRPCPlugin, GRPCClient, NewGRPCClient, GRPCServer, RegisterGRPCServer, Dispense,
	RPCPlugin, RPCClient, NewRPCClient, RPCServer, NewRPCServer string
}

// Sentinel is an error that keeps its identity across the plugin boundary.
type Sentinel struct {
	Name   string // ErrNotFound
	Text   string // not found
	Code   string // NotFound: the name in package codes
	Reason string // NOT_FOUND: the reason of its ErrorInfo
	Domain string // kv.v1: the domain of its ErrorInfo
}

// Unary returns the methods that take one message and answer with one.
func (s *Service) Unary() []*Method {
	return s.methods(func(m *Method) bool { return m.Shape == Unary })
}

// Streams returns the methods with a stream on either side.
func (s *Service) Streams() []*Method {
	return s.methods(func(m *Method) bool { return m.Shape != Unary })
}

func (s *Service) methods(keep func(*Method) bool) []*Method {
	var list []*Method
	for _, m := range s.Methods {
		if keep(m) {
			list = append(list, m)
		}
	}
	return list
}

// Shape says which sides of an rpc are streams.
type Shape string

// The four shapes of an rpc.
const (
	Unary        Shape = "unary"
	ServerStream Shape = "server stream"
	ClientStream Shape = "client stream"
	BidiStream   Shape = "bidi stream"
)

// FromClient reports whether the client sends a stream.
func (s Shape) FromClient() bool { return s == ClientStream || s == BidiStream }

// FromServer reports whether the server sends a stream.
func (s Shape) FromServer() bool { return s == ServerStream || s == BidiStream }

// Method is one rpc.
type Method struct {
	Name          string // in Go
	RPC           string // in the .proto file
	Path          string // /greeter.v1.GreeterService/Greet
	Shape         Shape
	Bytes         bool // its streams are an io.Reader and an io.ReadCloser
	Detached      []string
	Doc           string
	Signature     string // (ctx context.Context, key string) ([]byte, error)
	TypeSignature string // (context.Context, string) ([]byte, error)
	Request       Message
	Response      Message
	Params        []*Value // between ctx and the end; of a client's stream its element
	Results       []*Value // before the error; of a server's stream its element
	Named         bool     // whether the results are named
	Client        Locals
	Server        Locals
	Args          Payload // the request over net/rpc
	Reply         Payload // the response over net/rpc
}

// Serves reports whether a call passes callbacks to the plugin.
func (m *Method) Serves() bool {
	return slices.ContainsFunc(m.Params, func(v *Value) bool { return v.Callback != nil })
}

// Yields reports whether a call returns an iterator, which holds the error too.
func (m *Method) Yields() bool { return m.Shape.FromServer() && !m.Bytes }

// Locals are the identifiers of an adapter method that no field name may disturb.
type Locals struct {
	Receiver, Request, Response string
	Reply                       string // over net/rpc
	Input                       string // the iterator or the reader of a client's stream
}

// Message is a request or response type and how the adapters build one.
type Message struct {
	Type    string   // GetRequest
	Whole   bool     // passed as it is (style message)
	Builder bool     // built by Type_builder (the opaque and the hybrid API)
	Shared  bool     // google.protobuf.Empty: one value serves every call
	Fields  []*Value // what it is built from; the parameters or the results
}

// Payload is how a request or a response travels over net/rpc, which is how go-plugin's own examples do it by hand:
// nothing, a bare value or a struct. What gob cannot carry faithfully travels as the message in its protobuf encoding.
type Payload struct {
	Form   Form
	Type   string   // any, string, PutArgs, []byte
	Local  string   // in the adapter that receives it
	Fields []*Value // of a struct, or the one value
}

// Form is how a payload travels.
type Form string

// The forms of a payload.
const (
	FormNothing Form = "nothing"
	FormValue   Form = "value"
	FormStruct  Form = "struct"
	FormMessage Form = "message"
)

// Inline reports whether the message is short enough to be built in the middle of a line.
func (m Message) Inline() bool { return len(m.Fields) <= 2 }

// Value is a parameter or a result: one field, or a whole message.
type Value struct {
	Name     string // in the signature
	Local    string // in the body of an adapter that must hold it
	Type     string
	Zero     string    // its zero value
	Proto    string    // the field in the .proto file
	Field    string    // the field of the message's struct or builder
	Encode   string    // expression for that field, over Name (parameters) or Local (results)
	Decode   string    // expression that reads the field of req (parameters) or resp (results); of a stream of bytes the getter
	Checked  bool      // Decode also returns an error
	Callback *Callback // nil unless the field stands for an interface
}

// Callback is a field that stands for an interface, which the other side serves while it may be called.
type Callback struct {
	Forever  bool   // lives until the plugin ends, not until the call does
	ID       string // local of the adapter that serves it: what the message carries
	Stop     string // local that ends the serving
	HangUp   string // local of the adapter that calls it: ends the connection
	Context  string // in that adapter
	Register string // the function that registers it on a server
	New      string // the function that returns its remote
}
