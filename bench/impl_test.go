package bench

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/goplugin-dev/goplugin/bench/benchpb"
	"github.com/goplugin-dev/goplugin/bench/handwritten"
)

// greeting is what every greeter answers.
const greeting = "Hello!"

// memory is what all plugins serve: a KV store.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (m *memory) put(key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[key] = value
	return nil
}

func (m *memory) get(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	if !ok {
		return nil, fmt.Errorf("no key %q", key)
	}
	return value, nil
}

// handwrittenMemory is memory, a greeter and an echo behind the interfaces written by hand.
type handwrittenMemory struct{ *memory }

func (handwrittenMemory) Greet() (string, error)               { return greeting, nil }
func (handwrittenMemory) Echo(payload []byte) ([]byte, error)  { return payload, nil }
func (m handwrittenMemory) Put(key string, value []byte) error { return m.put(key, value) }
func (m handwrittenMemory) Get(key string) ([]byte, error)     { return m.get(key) }

// generatedMemory is the same behind the generated interfaces.
type generatedMemory struct{ *memory }

func (generatedMemory) Greet(context.Context) (string, error) { return greeting, nil }

func (generatedMemory) Echo(_ context.Context, payload []byte) ([]byte, error) { return payload, nil }

func (m generatedMemory) Put(_ context.Context, key string, value []byte) error {
	return m.put(key, value)
}

func (m generatedMemory) Get(_ context.Context, key string) ([]byte, error) { return m.get(key) }

// meter tells what this process uses.
type meter struct{}

func (meter) Usage(context.Context) (*benchpb.UsageResponse, error) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return &benchpb.UsageResponse{Mallocs: stats.Mallocs, TotalAlloc: stats.TotalAlloc, Cpu: cpuTime()}, nil
}

var (
	_ handwritten.Greeter = handwrittenMemory{}
	_ handwritten.KV      = handwrittenMemory{}
	_ handwritten.Echo    = handwrittenMemory{}
	_ benchpb.Greeter     = generatedMemory{}
	_ benchpb.KV          = generatedMemory{}
	_ benchpb.Echo        = generatedMemory{}
	_ benchpb.Meter       = meter{}
)
