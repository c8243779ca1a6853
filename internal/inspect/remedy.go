package inspect

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// noConnection is what go-plugin's broker says of the id of a connection that nobody offers (GRPCBroker.Dial).
const noConnection = "timeout waiting for connection info"

// maxUnset is how many fields are named that a request leaves out.
const maxUnset = 6

// remedy returns what to do about a call that failed, or nothing where that is up to the application.
func (c *caller) remedy(ctx context.Context, e *CallError) string {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "give it more time with --timeout"
	case strings.Contains(e.Message, noConnection):
		return "leave out the id of the connection, if the plugin can do without: it is one that a host offers over go-plugin's broker, and none is offered here"
	case errors.Is(e.err, pluginhost.ErrPluginDied):
		remedy := "look at its output"
		if c.request == nil {
			return remedy
		}
		if unset := unsetMessages(c.request.ProtoReflect(), ""); len(unset) > 0 {
			remedy += "; it may expect what the request leaves out, which can be {}: " + strings.Join(unset[:min(len(unset), maxUnset)], ", ")
		}
		return remedy
	}
	return ""
}

// unsetMessages returns the paths of the fields of a message, and of those in it, that could hold a message and do not.
func unsetMessages(message protoreflect.Message, path string) []string {
	var unset []string
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.Message() == nil || field.IsList() || field.IsMap() || field.ContainingOneof() != nil {
			continue
		}
		if _, special := wholeExample(field.Message()); special {
			continue // such as a time, which has a value where it is left out
		}
		name := path + field.JSONName()
		if message.Has(field) {
			unset = append(unset, unsetMessages(message.Get(field).Message(), name+".")...)
		} else {
			unset = append(unset, name)
		}
	}
	return unset
}
