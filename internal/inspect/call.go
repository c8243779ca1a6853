package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jhump/protoreflect/v2/protoresolve"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// A caller carries out one call.
type caller struct {
	method protoreflect.MethodDescriptor
	types  protoresolve.SerializationResolver
	out    func(response json.RawMessage) error
}

// Call calls a method. requests holds JSON values one behind the other: exactly one, unless the method takes a stream; an
// empty input is one empty message. out gets each response, in JSON on one line with all its fields, as it comes. The
// error of the plugin is a *CallError.
//
// A stream of requests is read while the responses come. If it blocks, so does one goroutine beyond the end of the call.
func (p *Plugin) Call(ctx context.Context, method protoreflect.MethodDescriptor, requests io.Reader, out func(response json.RawMessage) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := caller{method: method, types: p.types(), out: out}
	send, err := c.sender(requests)
	if err != nil {
		return err
	}
	description := &grpc.StreamDesc{ClientStreams: method.IsStreamingClient(), ServerStreams: method.IsStreamingServer()}
	stream, err := p.conn.NewStream(ctx, description, "/"+pathOf(method))
	if err != nil {
		return c.failure(err)
	}
	go func() {
		if err := send(stream); err != nil {
			cancel(err)
		}
	}()
	return c.receive(ctx, stream)
}

// sender returns what sends the requests. A single one is read before, so that a wrong one opens no call.
func (c caller) sender(requests io.Reader) (func(grpc.ClientStream) error, error) {
	decoder := json.NewDecoder(requests)
	if c.method.IsStreamingClient() {
		return func(stream grpc.ClientStream) error { return c.sendAll(stream, decoder) }, nil
	}
	request, err := c.next(decoder, 1)
	if errors.Is(err, io.EOF) {
		request, err = dynamicpb.NewMessage(c.method.Input()), nil
	}
	if err != nil {
		return nil, err
	}
	switch _, err := c.next(decoder, 2); {
	case err == nil:
		return nil, fmt.Errorf("%s takes one request, and more than one was given", pathOf(c.method))
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return func(stream grpc.ClientStream) error {
		// Why the stream has ended, if it has, says what it receives.
		_ = stream.SendMsg(request)
		return nil
	}, nil
}

// sendAll sends requests until there are no more, or the stream has ended.
func (c caller) sendAll(stream grpc.ClientStream, decoder *json.Decoder) error {
	for number := 1; ; number++ {
		request, err := c.next(decoder, number)
		if errors.Is(err, io.EOF) {
			return stream.CloseSend()
		}
		if err != nil {
			return err
		}
		if stream.SendMsg(request) != nil {
			return nil // the stream has ended: what it receives says why
		}
	}
}

// next reads a request; io.EOF says that there is none.
func (c caller) next(decoder *json.Decoder, number int) (proto.Message, error) {
	var raw json.RawMessage
	if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
		return nil, io.EOF
	} else if err != nil {
		return nil, c.malformed(number, err)
	}
	request := dynamicpb.NewMessage(c.method.Input())
	if err := (protojson.UnmarshalOptions{Resolver: c.types}).Unmarshal(raw, request); err != nil {
		return nil, c.malformed(number, err)
	}
	return request, nil
}

func (c caller) malformed(number int, err error) error {
	// protobuf puts a space of one of two kinds into its errors, so that nobody compares them.
	text := strings.ReplaceAll(err.Error(), "\u00a0", " ")
	return &requestError{
		text: fmt.Sprintf("request %d: %s: expected JSON of %s, such as %s", number, text, c.method.Input().FullName(), Example(c.method.Input())),
		err:  err,
	}
}

// A requestError says what is wrong with the JSON of a request.
type requestError struct {
	text string
	err  error
}

// Error returns the text.
func (e *requestError) Error() string { return e.text }

// Unwrap returns the error of encoding/json or protojson.
func (e *requestError) Unwrap() error { return e.err }

// receive gives each response to out.
func (c caller) receive(ctx context.Context, stream grpc.ClientStream) error {
	for {
		response := dynamicpb.NewMessage(c.method.Output())
		err := stream.RecvMsg(response)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if wrong, ok := errors.AsType[*requestError](context.Cause(ctx)); ok {
				return wrong
			}
			return c.failure(err)
		}
		line, err := compact(response, c.types)
		if err != nil {
			return fmt.Errorf("%s: its response cannot be written as JSON: %w", pathOf(c.method), err)
		}
		if err := c.out(line); err != nil {
			return err
		}
		if !c.method.IsStreamingServer() {
			return nil // gRPC has seen the end of the call
		}
	}
}

// compact returns a message as JSON on one line, without the spaces that protojson strews in.
func compact(message proto.Message, types protoresolve.SerializationResolver) (json.RawMessage, error) {
	text, err := protojson.MarshalOptions{EmitDefaultValues: true, Resolver: types}.Marshal(message)
	if err != nil {
		return nil, err
	}
	var line bytes.Buffer
	err = json.Compact(&line, text)
	return line.Bytes(), err
}
