// Package recorder stands behind the implementations of the goldens' services: it notes what they are called with and
// says what they return.
package recorder

import (
	"bytes"
	"io"
	"iter"
	"sync"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// The types of other packages that generated files name, under names that no golden takes.
type (
	Conn      = grpc.ClientConnInterface
	Plugin    = plugin.GRPCPlugin
	PluginSet = plugin.PluginSet
	Dispenser interface {
		Client() (plugin.ClientProtocol, error)
	}
)

// Service is what the calls need of a generated service.
type Service struct {
	NetRPC           bool // served over net/rpc, without Key, Plugin, Unimplemented, Client and Sentinels
	Name             string
	Key              string
	Plugin           func(*Implementation) Plugin
	Unimplemented    Plugin
	Set              func(*Implementation) PluginSet
	UnimplementedSet PluginSet // only over net/rpc
	Client           func(Conn) any
	Dispense         func(Dispenser) (any, error)
	Methods          []Method
	Sentinels        []Sentinel
}

// Method is a generated method.
type Method struct {
	Name, Path                  string
	ClientStream, ServerStream  bool
	Bytes                       bool          // its streams are readers
	Request, Response           proto.Message // empty ones
	WholeRequest, WholeResponse bool          // style message
	Params, Results             []Value
}

// Value is a parameter or result.
type Value struct {
	Field   string // in the message
	Checked bool   // whether not every value on the wire is one in Go
}

// Sentinel is an error that a package declares.
type Sentinel struct {
	Err                  error
	Code, Reason, Domain string
}

// Outcome is what an implementation does.
type Outcome struct {
	Results []any
	Err     error
	Panic   any
}

// Implementation is the state behind the implementation of a service.
type Implementation struct {
	mu      sync.Mutex
	outcome Outcome
	method  string
	args    []any
}

// Return says what the next calls do.
func (i *Implementation) Return(outcome Outcome) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.outcome, i.method, i.args = outcome, "", nil
}

// Called notes a call and returns what it should do.
func (i *Implementation) Called(method string, args ...any) Outcome {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.method, i.args = method, args
	if i.outcome.Panic != nil {
		panic(i.outcome.Panic)
	}
	return i.outcome
}

// Last returns the method and the arguments of the last call, without its context.
func (i *Implementation) Last() (string, []any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.method, i.args
}

// As returns a result as its type, and the zero value where the outcome has none.
func As[T any](outcome Outcome, index int) T {
	var result T
	if index < len(outcome.Results) {
		result, _ = outcome.Results[index].(T)
	}
	return result
}

// Collect returns what arrives on a stream, up to its end or an error.
func Collect[T any](stream iter.Seq2[T, error]) ([]T, error) {
	var list []T
	for element, err := range stream {
		if err != nil {
			return list, err
		}
		list = append(list, element)
	}
	return list, nil
}

// Read returns the bytes that arrive on a stream, up to its end or an error.
func Read(stream io.Reader) ([]byte, error) { return io.ReadAll(stream) }

// Open returns the first result, a []byte, as a reader, which ends with the outcome's error. Without a result, the
// error comes instead of a reader, and a nil reader is all where there is none.
func Open(outcome Outcome) (io.ReadCloser, error) {
	if len(outcome.Results) == 0 {
		return nil, outcome.Err
	}
	return io.NopCloser(io.MultiReader(bytes.NewReader(As[[]byte](outcome, 0)), failing{outcome.Err})), nil
}

// A failing reader has an error, or none and ends.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// Yield returns the first result, a slice, as a stream, which ends with the outcome's error.
func Yield[T any](outcome Outcome) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, element := range As[[]T](outcome, 0) {
			if !yield(element, nil) {
				return
			}
		}
		if outcome.Err != nil {
			var none T
			yield(none, outcome.Err)
		}
	}
}
