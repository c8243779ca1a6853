package requests

import "context"

// PutRequest is the request of Put already.
type PutRequest struct{ Key, Value string }

// PutResponse is its response.
type PutResponse struct{ Old string }

type GetRequest struct{ Key string }

type Store interface {
	// Put has nothing but a request and a response.
	Put(ctx context.Context, req *PutRequest) (*PutResponse, error)
	// Get has no response of its own.
	Get(ctx context.Context, req GetRequest) (string, error)
	// Again has those of Put.
	Again(ctx context.Context, req *PutRequest) (*PutResponse, error)
	// Mirror has methods with the same messages.
	Mirror(ctx context.Context, m Mirror) error
	// GetRequest is a method with the name of a message.
	GetRequest(ctx context.Context) error
}

type Mirror interface {
	Put(ctx context.Context, req *PutRequest) (*PutResponse, error)
}
