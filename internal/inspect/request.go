package inspect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"
)

// prepared is sender, but for the end of the context: a person may be asked for the request.
func (c *caller) prepared(ctx context.Context, requests io.Reader) (func(grpc.ClientStream) error, error) {
	type outcome struct {
		send func(grpc.ClientStream) error
		err  error
	}
	read := make(chan outcome, 1)
	go func() {
		send, err := c.sender(requests)
		read <- outcome{send, err}
	}()
	select {
	case o := <-read:
		return o.send, o.err
	case <-ctx.Done():
		return nil, c.failure(ctx, status.FromContextError(ctx.Err()).Err())
	}
}

// sender returns what sends the requests. A single one is read before, so that a wrong one opens no call.
func (c *caller) sender(requests io.Reader) (func(grpc.ClientStream) error, error) {
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
	c.request = request
	return func(stream grpc.ClientStream) error {
		// Why the stream has ended, if it has, says what it receives.
		_ = stream.SendMsg(request)
		return nil
	}, nil
}

// sendAll sends requests until there are no more, or the stream has ended.
func (c *caller) sendAll(stream grpc.ClientStream, decoder *json.Decoder) error {
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
func (c *caller) next(decoder *json.Decoder, number int) (proto.Message, error) {
	var raw json.RawMessage
	if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
		return nil, io.EOF
	} else if err != nil {
		return nil, c.malformed(number, raw, err)
	}
	request := dynamicpb.NewMessage(c.method.Input())
	if err := (protojson.UnmarshalOptions{Resolver: c.types}).Unmarshal(raw, request); err != nil {
		return nil, c.malformed(number, raw, err)
	}
	return request, nil
}

// malformed returns what is wrong with a request. raw is its JSON, if it is any.
func (c *caller) malformed(number int, raw json.RawMessage, err error) error {
	if wrong, found := unknownField(c.method.Input(), raw); found {
		return &requestError{text: fmt.Sprintf("request %d: %s", number, wrong), err: err}
	}
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
