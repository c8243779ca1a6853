package messages_of_others

import (
	"context"

	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Config holds messages.
type Config struct {
	Values *structpb.Struct
	Status *status.Status
}

type Store interface {
	Kept(ctx context.Context, e *emptypb.Empty, s *wrapperspb.StringValue) (map[string]*structpb.Value, error)
	Enum(ctx context.Context, n structpb.NullValue) error
	ByValue(ctx context.Context, s []structpb.Struct) error
	Time(ctx context.Context, t *timestamppb.Timestamp) error
	Duration(ctx context.Context, d []*durationpb.Duration) error
	Status(ctx context.Context, s *status.Status) error
	Descriptor(ctx context.Context, d *descriptorpb.FileDescriptorProto) error
	Any(ctx context.Context, m proto.Message) error
	Configure(ctx context.Context, c Config) error
}
