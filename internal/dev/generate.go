package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/gen"
	"github.com/goplugin-dev/goplugin/internal/generate"
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// A source is a .proto file of this repository whose Go code is checked in beside it.
type source struct {
	path   string
	grpc   bool   // also for protoc-gen-go-grpc, which only hand-written adapters use
	option string // of protoc-gen-goplugin; default: none
}

func sources() []source {
	return []source{
		{path: "bench/benchpb/bench.proto", grpc: true},
		{path: "example/negotiated/weatherv1/weather.proto"},
		{path: "example/negotiated/weatherv2/weather.proto"},
		{path: "example/streamer/streamerv1/streamer.proto"},
		{path: "internal/behaviour/behaviourpb/behaviour.proto"},
		{path: "internal/behaviour/netrpc/netrpcpb/netrpc.proto", option: "transport=both"},
		{path: "internal/testapi/counterv1/counter.proto"},
		{path: "internal/testapi/greeterv1/greeter.proto"},
		{path: "internal/testapi/kvv1/kv.proto"},
	}
}

// generateAll writes the checked-in Go code of every source, and the examples that goplugin-new made.
func generateAll(ctx context.Context) error {
	for _, s := range sources() {
		files, err := s.generate(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(tools.Root(), name), []byte(content), 0o644); err != nil {
				return err
			}
		}
	}
	for _, e := range examples() {
		if err := e.write(ctx); err != nil {
			return fmt.Errorf("example/%s: %w", e.name, err)
		}
	}
	return nil
}

// generate returns the Go code of a source: contents by path.
func (s source) generate(ctx context.Context) (map[string]string, error) {
	req, err := compile.Request(ctx, os.DirFS(tools.Root()), []string{s.path}, "paths=source_relative")
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	messages := generate.Add(files, compile.RunProtocGenGo(req))
	glue := proto.CloneOf(req)
	glue.Parameter = proto.String(req.GetParameter() + "," + s.option)
	if err := errors.Join(messages, generate.Add(files, gen.Run(glue))); err != nil || !s.grpc {
		return files, err
	}
	stubs, err := runProtocGenGoGRPC(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("protoc-gen-go-grpc: %w", err)
	}
	return files, generate.Add(files, stubs)
}

// runProtocGenGoGRPC runs protoc-gen-go-grpc at the version that tools/go.mod pins.
func runProtocGenGoGRPC(ctx context.Context, req *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
	data, err := proto.Marshal(req)
	if err != nil {
		return nil, err
	}
	tool := exec.CommandContext(ctx, "go", "tool", "protoc-gen-go-grpc")
	tool.Dir = filepath.Join(tools.Root(), "tools")
	tool.Stdin = bytes.NewReader(data)
	tool.Stderr = os.Stderr
	data, err = tool.Output()
	if err != nil {
		return nil, err
	}
	resp := new(pluginpb.CodeGeneratorResponse)
	return resp, proto.Unmarshal(data, resp)
}
