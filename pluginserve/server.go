package pluginserve

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"runtime/debug"
	"slices"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// newServer returns a GRPCServer for config that makes its servers with our options and then its own. It returns nil
// where config leaves net/rpc to serve its plugins.
func newServer(config *plugin.ServeConfig, log hclog.Logger, more ...grpc.ServerOption) func([]grpc.ServerOption) *grpc.Server {
	create := config.GRPCServer
	if create == nil {
		if mayServeNetRPC(config) {
			return nil
		}
		create = plugin.DefaultGRPCServer
	}
	guard := panicGuard{log: log}
	options := append([]grpc.ServerOption{
		grpc.MaxRecvMsgSize(math.MaxInt32),
		grpc.ChainUnaryInterceptor(guard.unary),
		grpc.ChainStreamInterceptor(guard.stream),
	}, more...)
	return func(own []grpc.ServerOption) *grpc.Server {
		return create(slices.Concat(options, own))
	}
}

// mayServeNetRPC reports whether config has a plugin that could be served over gRPC and over net/rpc. For a plugin that
// knows only one of them, go-plugin finds out by itself which.
func mayServeNetRPC(config *plugin.ServeConfig) bool {
	for _, set := range versions(config) {
		for _, p := range set {
			if _, ok := p.(plugin.GRPCPlugin); ok && !refusesNetRPC(p) {
				return true
			}
		}
	}
	return false
}

// refusesNetRPC reports whether p embeds plugin.NetRPCUnsupportedPlugin, go-plugin's way to say so.
func refusesNetRPC(p plugin.Plugin) bool {
	refusal := reflect.TypeFor[plugin.NetRPCUnsupportedPlugin]()
	t := reflect.TypeOf(p)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return false
	}
	field, ok := t.FieldByName(refusal.Name())
	return ok && field.Anonymous && (field.Type == refusal || field.Type == reflect.PointerTo(refusal))
}

// A panicGuard turns the panic of a handler into an error, and logs its stack. Handlers that recover by themselves, as
// generated ones do, have reported it by then.
type panicGuard struct {
	log hclog.Logger
}

func (g panicGuard) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (_ any, err error) {
	defer g.recover(info.FullMethod, &err)
	return handle(ctx, req)
}

func (g panicGuard) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) (err error) {
	defer g.recover(info.FullMethod, &err)
	return handle(server, stream)
}

func (g panicGuard) recover(method string, err *error) {
	if r := recover(); r != nil {
		g.log.Error("panic in a handler", "method", method, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		*err = status.Errorf(codes.Internal, "panic in %s: %v", method, r)
	}
}
