// protoc-gen-goplugin is a plugin of protoc and buf. From a service in a .proto file it generates what a program needs
// to run implementations of that service as plugins of HashiCorp's go-plugin.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/gen"
	"github.com/goplugin-dev/goplugin/internal/version"
)

const usage = `protoc-gen-goplugin generates go-plugin glue from the services of .proto files.

It is run by protoc or buf, not by hand:

  protoc --go_out=. --goplugin_out=. greeter.proto

  # buf.gen.yaml
  plugins:
    - local: protoc-gen-goplugin
      out: .

Options (--goplugin_opt=NAME=VALUE, or opt: in buf.gen.yaml):

  style=auto|flat|message     how messages appear in the Go interface (default auto)
  transport=grpc|netrpc|both  what a host and its plugins speak (default grpc)
  package_suffix=SUFFIX       generate into a sub-package, such as greeterv1plugin for SUFFIX plugin
  directives=FILE             directives for .proto files that you cannot edit

and paths, module, M and the others that every Go generator takes.

Flags:

  --help     print this text
  --version  print the version
`

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
		os.Exit(1)
	}
}

// run answers one request. Its error is protoc's mistake; mistakes of the user are in the response.
func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) > 0 {
		return runFlag(args, out)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	if len(data) == 0 {
		return fmt.Errorf("standard input is empty: protoc or buf runs this program, see --help")
	}
	req := new(pluginpb.CodeGeneratorRequest)
	if err := proto.Unmarshal(data, req); err != nil {
		return fmt.Errorf("standard input is not a CodeGeneratorRequest (protoc or buf runs this program, see --help): %w", err)
	}
	data, err = proto.Marshal(gen.Run(req))
	if err != nil {
		return fmt.Errorf("write response: %w", err)
	}
	_, err = out.Write(data)
	return err
}

func runFlag(args []string, out io.Writer) error {
	switch {
	case len(args) == 1 && (args[0] == "--help" || args[0] == "-h"):
		_, err := io.WriteString(out, usage)
		return err
	case len(args) == 1 && args[0] == "--version":
		_, err := fmt.Fprintf(out, "protoc-gen-goplugin %s\n", version.Release())
		return err
	}
	return fmt.Errorf("unknown argument %q: protoc or buf runs this program, see --help", args[0])
}
