package inspect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jhump/protoreflect/v2/grpcreflect"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// A reflection asks a plugin what it serves. A question that takes longer than the limit is the last.
type reflection struct {
	client *grpcreflect.Client
	ctx    context.Context // of the stream of questions
	cancel context.CancelCauseFunc
	limit  time.Duration
}

func newReflection(ctx context.Context, conn *grpc.ClientConn, limit time.Duration) *reflection {
	ctx, cancel := context.WithCancelCause(ctx)
	// What comes with protobuf itself, old plugins in some languages do not tell.
	known := grpcreflect.WithFallbackResolvers(protoregistry.GlobalFiles, protoregistry.GlobalTypes)
	return &reflection{grpcreflect.NewClientAuto(ctx, conn, known), ctx, cancel, limit}
}

// close ends the stream: a server that ends gracefully waits for it.
func (r *reflection) close() {
	r.client.Reset()
	r.cancel(nil)
}

// started begins a question, and returns what ends it.
func (r *reflection) started() (answered func() bool) {
	return time.AfterFunc(r.limit, func() { r.cancel(noAnswer(r.limit)) }).Stop
}

// noAnswer is the error of a question to a plugin.
func noAnswer(limit time.Duration) error {
	return fmt.Errorf("it did not answer within %v: give it more time with --timeout: %w", limit, context.DeadlineExceeded)
}

// failure returns why there was no answer.
func (r *reflection) failure(err error) error {
	if cause := context.Cause(r.ctx); cause != nil && errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return err
}

// A servedService is a service by its name, and by its descriptor or why there is none.
type servedService struct {
	name       protoreflect.FullName
	descriptor protoreflect.ServiceDescriptor
	err        error
}

// services returns all services, in the order of the answer, which is sorted for plugins in Go.
func (r *reflection) services() ([]servedService, error) {
	defer r.started()()
	names, err := r.client.ListServices()
	if err != nil {
		return nil, r.failure(err)
	}
	var services []servedService
	for _, name := range names {
		descriptor, err := r.service(name)
		services = append(services, servedService{name, descriptor, err})
	}
	return services, nil
}

func (r *reflection) service(name protoreflect.FullName) (protoreflect.ServiceDescriptor, error) {
	file, err := r.client.FileContainingSymbol(name)
	if err != nil {
		return nil, r.failure(err)
	}
	service := file.Services().ByName(name.Name())
	if service == nil || service.FullName() != name {
		return nil, fmt.Errorf("file %s, which should declare it, does not", file.Path())
	}
	return service, nil
}

// reflectionProblem says why services are not known.
func reflectionProblem(err error) string {
	if status.Code(err) == codes.Unimplemented {
		return "it serves no reflection, from which its services would be known: give its .proto files with --proto"
	}
	return fmt.Sprintf("its reflection fails: %v", err)
}
