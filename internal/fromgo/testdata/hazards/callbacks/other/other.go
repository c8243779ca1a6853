package other

import "context"

// AddHelper has the name of another interface, and calls back itself.
type AddHelper interface {
	Add(ctx context.Context, l Listener) error
}

// Listener hears.
type Listener interface {
	Heard(ctx context.Context, what string) error
	With(ctx context.Context, h AddHelper) error
	unexported()
}
