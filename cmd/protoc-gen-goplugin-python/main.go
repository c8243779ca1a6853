// protoc-gen-goplugin-python is a plugin of protoc and buf. It generates what a plugin of HashiCorp's go-plugin that is
// written in Python needs of .proto files.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/python"
	"github.com/goplugin-dev/goplugin/internal/version"
)

const usage = `protoc-gen-goplugin-python generates messages, typed services and clients for plugins in Python.

It is run by protoc, buf or goplugin-new, in a project that "goplugin-new" created:

  # buf.gen.yaml
  plugins:
    - local: protoc-gen-goplugin-python
      out: src/greeter_python/sdk
      strategy: all

Options (opt: in buf.gen.yaml):

  style=auto|flat|message  how messages appear in the interfaces (default auto)
  directives=FILE          directives for .proto files that you cannot edit

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
	if data, err = proto.Marshal(python.Run(req)); err != nil {
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
		_, err := fmt.Fprintf(out, "protoc-gen-goplugin-python %s\n", version.Release())
		return err
	}
	return fmt.Errorf("unknown argument %q: protoc or buf runs this program, see --help", args[0])
}
