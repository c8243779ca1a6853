// Package generate runs the two generators of a project in process: protoc-gen-go and protoc-gen-goplugin.
package generate

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
	"github.com/goplugin-dev/goplugin/internal/gen"
)

// Files returns what both generators make of a request: contents by path, relative to the output directory. The error
// is that of the generator that refused the request.
func Files(req *pluginpb.CodeGeneratorRequest) (map[string]string, error) {
	files := map[string]string{}
	return files, errors.Join(Add(files, compile.RunProtocGenGo(req)), Add(files, gen.Run(req)))
}

// Add adds the files of a generator's response to files, or returns the response's error. Like protoc, it refuses two
// files of one name.
func Add(files map[string]string, resp *pluginpb.CodeGeneratorResponse) error {
	if resp.Error != nil {
		return errors.New(resp.GetError())
	}
	for _, file := range resp.GetFile() {
		if _, twice := files[file.GetName()]; twice {
			return fmt.Errorf("%s would be written twice: expected .proto files of different names in one Go package, rename one of two or give it another go_package", file.GetName())
		}
		files[file.GetName()] = file.GetContent()
	}
	return nil
}
