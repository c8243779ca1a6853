// Command generate writes the Go files of bench/benchpb: those of protoc-gen-go and protoc-gen-goplugin in process,
// and protoc-gen-go-grpc's, which only the hand-written adapters use, by running it at the version that tools/go.mod
// pins.
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
	"github.com/goplugin-dev/goplugin/internal/tools"
)

// source is the .proto file that everything is generated from.
const source = "bench/benchpb/bench.proto"

func main() {
	if err := run(context.Background(), tools.Root()); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string) error {
	req, err := request(ctx, root)
	if err != nil {
		return err
	}
	stubs, err := runProtocGenGoGRPC(ctx, root, req)
	if err != nil {
		return err
	}
	files, err := generate(req)
	if err != nil {
		return err
	}
	if err := add(files, stubs); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func request(ctx context.Context, root string) (*pluginpb.CodeGeneratorRequest, error) {
	return compile.Request(ctx, os.DirFS(root), []string{source}, "paths=source_relative")
}

// generate returns what protoc-gen-go and protoc-gen-goplugin make of a request: contents by path.
func generate(req *pluginpb.CodeGeneratorRequest) (map[string]string, error) {
	files := map[string]string{}
	return files, errors.Join(add(files, compile.RunProtocGenGo(req)), add(files, gen.Run(req)))
}

// add adds the files of a generator's response.
func add(files map[string]string, resp *pluginpb.CodeGeneratorResponse) error {
	if resp.Error != nil {
		return errors.New(resp.GetError())
	}
	for _, file := range resp.File {
		files[file.GetName()] = file.GetContent()
	}
	return nil
}

func runProtocGenGoGRPC(ctx context.Context, root string, req *pluginpb.CodeGeneratorRequest) (*pluginpb.CodeGeneratorResponse, error) {
	data, err := proto.Marshal(req)
	if err != nil {
		return nil, err
	}
	tool := exec.CommandContext(ctx, "go", "tool", "protoc-gen-go-grpc")
	tool.Dir = filepath.Join(root, "tools")
	tool.Stdin = bytes.NewReader(data)
	tool.Stderr = os.Stderr
	data, err = tool.Output()
	if err != nil {
		return nil, fmt.Errorf("protoc-gen-go-grpc: %w", err)
	}
	resp := new(pluginpb.CodeGeneratorResponse)
	if err := proto.Unmarshal(data, resp); err != nil {
		return nil, fmt.Errorf("protoc-gen-go-grpc: %w", err)
	}
	return resp, nil
}
