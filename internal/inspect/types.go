package inspect

import (
	"github.com/jhump/protoreflect/v2/protoresolve"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// pluginTypes are the messages and extensions that a google.protobuf.Any, or an extension, can hold: those that the
// plugin knows; and those linked in here, for details of errors that a plugin passes on without knowing them.
type pluginTypes struct{ plugin protoresolve.TypeResolver }

func (p *Plugin) types() protoresolve.SerializationResolver {
	return pluginTypes{p.reflect.AsResolver().AsTypeResolver()}
}

// FindMessageByName returns a message by its full name.
func (t pluginTypes) FindMessageByName(name protoreflect.FullName) (protoreflect.MessageType, error) {
	if message, err := t.plugin.FindMessageByName(name); err == nil {
		return message, nil
	}
	return protoregistry.GlobalTypes.FindMessageByName(name)
}

// FindMessageByURL returns a message by the URL in an Any.
func (t pluginTypes) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	if message, err := t.plugin.FindMessageByURL(url); err == nil {
		return message, nil
	}
	return protoregistry.GlobalTypes.FindMessageByURL(url)
}

// FindExtensionByName returns an extension by its full name.
func (t pluginTypes) FindExtensionByName(name protoreflect.FullName) (protoreflect.ExtensionType, error) {
	return t.plugin.FindExtensionByName(name)
}

// FindExtensionByNumber returns an extension of a message by its number.
func (t pluginTypes) FindExtensionByNumber(message protoreflect.FullName, number protoreflect.FieldNumber) (protoreflect.ExtensionType, error) {
	return t.plugin.FindExtensionByNumber(message, number)
}
