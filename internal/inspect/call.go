package inspect

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/jhump/protoreflect/v2/protoresolve"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// A caller carries out one call.
type caller struct {
	method  protoreflect.MethodDescriptor
	types   protoresolve.SerializationResolver
	out     func(response json.RawMessage) error
	request proto.Message // the only one, where the method takes no stream
}

// Call calls a method. requests holds JSON values one behind the other: exactly one, unless the method takes a stream; an
// empty input is one empty message. out gets each response, in JSON on one line with all its fields, as it comes. The
// error of the plugin is a *CallError.
//
// A stream of requests is read while the responses come. If reading blocks, so does one goroutine beyond the end of the call.
func (p *Plugin) Call(ctx context.Context, method protoreflect.MethodDescriptor, requests io.Reader, options CallOptions, out func(response json.RawMessage) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := &caller{method: method, types: p.types(), out: out}
	send, err := c.prepared(ctx, requests)
	if err != nil {
		return err
	}
	if len(options.Header) > 0 {
		ctx = metadata.NewOutgoingContext(ctx, options.Header)
	}
	description := &grpc.StreamDesc{ClientStreams: method.IsStreamingClient(), ServerStreams: method.IsStreamingServer()}
	stream, err := p.conn.NewStream(ctx, description, "/"+pathOf(method))
	if err != nil {
		return c.failure(ctx, err)
	}
	go func() {
		if err := send(stream); err != nil {
			cancel(err)
		}
	}()
	return c.receive(ctx, stream)
}

// CallOptions are those of a call.
type CallOptions struct {
	Header metadata.MD // sent with the call
}

// ParseHeader reads KEY=VALUE into the metadata of a call. As gRPC has it, the value of a key that ends with -bin is bytes:
// it is given in base64.
func ParseHeader(header metadata.MD, text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok || !headerKey.MatchString(key) {
		return fmt.Errorf("header %q: expected KEY=VALUE, with a KEY of letters, digits, '-', '_' and '.'", text)
	}
	key = strings.ToLower(key)
	if strings.HasSuffix(key, "-bin") {
		bytes, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return fmt.Errorf("header %q: expected bytes in base64, because the key ends with -bin: %w", text, err)
		}
		value = string(bytes)
	}
	header.Append(key, value)
	return nil
}

var headerKey = regexp.MustCompile(`^[0-9A-Za-z_.-]+$`)

// receive gives each response to out.
func (c *caller) receive(ctx context.Context, stream grpc.ClientStream) error {
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
			return c.failure(ctx, err)
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
