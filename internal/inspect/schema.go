package inspect

import (
	"errors"
	"fmt"

	"github.com/jhump/protoreflect/v2/protoresolve"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/pluginpb"
)

// A Schema is the services and messages of .proto files, for plugins that have no reflection.
type Schema struct {
	files *protoregistry.Files
	names []string // of the files with the services
}

// NewSchema returns the schema of the files to generate in a request that was compiled from them.
func NewSchema(request *pluginpb.CodeGeneratorRequest) (*Schema, error) {
	files, err := protodesc.NewFiles(&descriptorpb.FileDescriptorSet{File: request.GetProtoFile()})
	if err != nil {
		return nil, err
	}
	return &Schema{files, request.GetFileToGenerate()}, nil
}

// services returns the services of the files, in their order.
func (s *Schema) services() []servedService {
	var services []servedService
	for _, name := range s.names {
		file, err := s.files.FindFileByPath(name)
		if err != nil {
			continue // each was compiled
		}
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			services = append(services, servedService{name: service.FullName(), descriptor: service})
		}
	}
	return services
}

// services returns the services of a plugin, from its .proto files if they were given, or else as it says.
func (p *Plugin) services() ([]servedService, error) {
	if p.target.Schema != nil {
		return p.target.Schema.services(), nil
	}
	return p.reflect.services()
}

// callable returns the services of a plugin that can be called by name.
func (p *Plugin) callable() ([]servedService, error) {
	if p.conn == nil {
		return nil, errors.New("the plugin speaks net/rpc, whose methods cannot be called by name: expected a plugin that speaks gRPC")
	}
	services, err := p.services()
	if err != nil {
		return nil, fmt.Errorf("the methods of the plugin are not known: %s: %w", reflectionProblem(err), err)
	}
	return services, nil
}

// knownTypes are the messages and extensions that a google.protobuf.Any, or an extension, can hold: those of a plugin, and
// those linked in here, for details of errors that a plugin passes on without knowing them.
type knownTypes struct {
	protoresolve.SerializationResolver
	asking func() (answered func() bool)
}

func (p *Plugin) types() protoresolve.SerializationResolver {
	if p.target.Schema != nil {
		return knownTypes{dynamicpb.NewTypes(p.target.Schema.files), func() func() bool { return func() bool { return true } }}
	}
	return knownTypes{p.reflect.client.AsResolver().AsTypeResolver(), p.reflect.started}
}

// FindMessageByName returns a message by its full name.
func (t knownTypes) FindMessageByName(name protoreflect.FullName) (protoreflect.MessageType, error) {
	defer t.asking()()
	if message, err := t.SerializationResolver.FindMessageByName(name); err == nil {
		return message, nil
	}
	return protoregistry.GlobalTypes.FindMessageByName(name)
}

// FindMessageByURL returns a message by the URL in an Any.
func (t knownTypes) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	defer t.asking()()
	if message, err := t.SerializationResolver.FindMessageByURL(url); err == nil {
		return message, nil
	}
	return protoregistry.GlobalTypes.FindMessageByURL(url)
}

// FindExtensionByName returns an extension by its full name.
func (t knownTypes) FindExtensionByName(name protoreflect.FullName) (protoreflect.ExtensionType, error) {
	defer t.asking()()
	return t.SerializationResolver.FindExtensionByName(name)
}

// FindExtensionByNumber returns an extension of a message by its number.
func (t knownTypes) FindExtensionByNumber(message protoreflect.FullName, number protoreflect.FieldNumber) (protoreflect.ExtensionType, error) {
	defer t.asking()()
	return t.SerializationResolver.FindExtensionByNumber(message, number)
}
