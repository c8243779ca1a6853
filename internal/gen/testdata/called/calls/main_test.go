// Package calls calls every method of every golden over gRPC.
package calls

import (
	"bytes"
	"context"
	"io"
	"net"
	"reflect"
	"testing"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"golden.test/recorder"
)

func TestMain(m *testing.M) {
	hclog.DefaultOutput = io.Discard // go-plugin notes the end of every connection
	goleak.VerifyTestMain(m)
}

// forEachService runs a subtest for every service of the goldens that speaks gRPC.
func forEachService(t *testing.T, test func(t *testing.T, s recorder.Service)) {
	t.Helper()
	for _, s := range services() {
		if !s.NetRPC {
			t.Run(s.Name, func(t *testing.T) { test(t, s) })
		}
	}
}

// connect serves a plugin as go-plugin does, and returns what its host would dispense.
func connect(t *testing.T, p recorder.Plugin) (client any, cc *grpc.ClientConn) {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	if err := p.GRPCServer(nil, server); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- server.Serve(listener) }()
	cc, err := grpc.NewClient("passthrough:bufconn",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cc.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	client, err = p.GRPCClient(t.Context(), nil, cc)
	if err != nil {
		t.Fatal(err)
	}
	return client, cc
}

var (
	readerType     = reflect.TypeFor[io.Reader]()
	readCloserType = reflect.TypeFor[io.ReadCloser]()
)

// call calls a method by its name. Missing arguments are zero values, and streams are slices.
func call(ctx context.Context, client any, method string, args ...any) ([]any, error) {
	m := reflect.ValueOf(client).MethodByName(method)
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < m.Type().NumIn(); i++ {
		value := reflect.Zero(slices(m.Type().In(i)))
		if i <= len(args) && args[i-1] != nil { // nil is a callback that is not passed
			value = reflect.ValueOf(args[i-1])
		}
		switch typ := m.Type().In(i); {
		case typ == readerType:
			value = reflect.ValueOf(bytes.NewReader(value.Bytes()))
		case typ.Kind() == reflect.Func:
			value = streamOf(typ, value)
		}
		in = append(in, value)
	}
	out := m.Call(in)
	if out[0].Kind() == reflect.Func {
		return collect(out[0])
	}
	var results []any
	for _, value := range out[:len(out)-1] {
		results = append(results, value.Interface())
	}
	err, _ := out[len(out)-1].Interface().(error)
	if r, ok := out[0].Interface().(io.ReadCloser); ok {
		return readAll(r)
	}
	return results, err
}

// slices returns the type of a slice of the elements of a stream, and any other type as it is.
func slices(typ reflect.Type) reflect.Type {
	switch {
	case typ == readerType, typ == readCloserType:
		return reflect.TypeFor[[]byte]()
	case typ.Kind() == reflect.Func:
		return reflect.SliceOf(typ.In(0).In(0))
	}
	return typ
}

// readAll returns what a reader reads, and the error that ended it.
func readAll(r io.ReadCloser) ([]any, error) {
	data, err := io.ReadAll(r)
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	return []any{data}, err
}

// streamOf returns an iterator over a slice.
func streamOf(typ reflect.Type, slice reflect.Value) reflect.Value {
	return reflect.MakeFunc(typ, func(args []reflect.Value) []reflect.Value {
		noError := reflect.Zero(reflect.TypeFor[error]())
		for i := range slice.Len() {
			if !args[0].Call([]reflect.Value{slice.Index(i), noError})[0].Bool() {
				break
			}
		}
		return nil
	})
}

// collect returns the elements of a stream as one slice, and the error that ended it.
func collect(stream reflect.Value) ([]any, error) {
	list := reflect.Zero(slices(stream.Type()))
	for element, err := range stream.Seq2() {
		if err, ok := err.Interface().(error); ok {
			return []any{list.Interface()}, err
		}
		list = reflect.Append(list, element)
	}
	return []any{list.Interface()}, nil
}
