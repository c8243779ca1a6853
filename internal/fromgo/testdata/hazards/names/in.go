package names

import "context"

// Names that mean something to .proto, to Go or to the generated code.
type Store interface {
	Get_Value(ctx context.Context, _ string, _ string) error
	GetValue(ctx context.Context, ctx_ string, err string, req string) error
	HTTPServerIDs(ctx context.Context, userIDs []string, HTTPCode int32, x2Y string, aB, a_b, a1, a_1 string) error
	Größe(ctx context.Context, größe, 数, π string) error
	Stream(ctx context.Context, stream, message, option, repeated, rpc, returns, google string, h Handshake) error
	Types(ctx context.Context, type_, func_, map_ string, s StoreGRPCClient, p PluginSet, u UnimplementedStore) error
	X(ctx context.Context, a StoreService, b 数, c event_kind) error
	Reset(ctx context.Context, m Methods) error
	Plugins(ctx context.Context, p Plugins) error
	goplugin(ctx context.Context)
}

// StoreService has the name of the service.
//
// goplugin:skip
type StoreService struct{ Get string }

// Plugins has the name of a method of the plugin set.
type Plugins interface {
	Get(ctx context.Context) error
}

type Handshake struct{ A string }

type StoreGRPCClient struct{ A string }

type PluginSet struct{ A string }

type UnimplementedStore struct{ A string }

type 数 struct{ 数, Ä2 string }

type event_kind struct{ Aa_bb, AaBb string }

type Methods struct {
	Reset_, String_, ProtoMessage, Descriptor_, GetReset string
	X_unknown                                            int32
	ProtoReflect                                         bool
}
