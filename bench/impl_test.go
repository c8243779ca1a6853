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

// memory is what all plugins serve: a KV store and an echo with the interfaces written by hand.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (*memory) Greet() (string, error) { return greeting, nil }

func (*memory) Echo(payload []byte) ([]byte, error) { return payload, nil }

func (m *memory) Put(key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[key] = value
	return nil
}

func (m *memory) Get(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	if !ok {
		return nil, fmt.Errorf("no key %q", key)
	}
	return value, nil
}

// generatedMemory is memory behind the generated interfaces.
type generatedMemory struct{ memory }

func (m *generatedMemory) Greet(context.Context) (string, error) { return m.memory.Greet() }

func (m *generatedMemory) Echo(_ context.Context, payload []byte) ([]byte, error) {
	return m.memory.Echo(payload)
}

func (m *generatedMemory) Put(_ context.Context, key string, value []byte) error {
	return m.memory.Put(key, value)
}

func (m *generatedMemory) Get(_ context.Context, key string) ([]byte, error) {
	return m.memory.Get(key)
}

// meter tells what this process uses.
type meter struct{}

func (meter) Usage(context.Context) (*benchpb.UsageResponse, error) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return &benchpb.UsageResponse{Mallocs: stats.Mallocs, TotalAlloc: stats.TotalAlloc, Cpu: cpuTime()}, nil
}

var (
	_ handwritten.Greeter = (*memory)(nil)
	_ handwritten.KV      = (*memory)(nil)
	_ handwritten.Echo    = (*memory)(nil)
	_ benchpb.Greeter     = (*generatedMemory)(nil)
	_ benchpb.KV          = (*generatedMemory)(nil)
	_ benchpb.Echo        = (*generatedMemory)(nil)
	_ benchpb.Meter       = meter{}
)
