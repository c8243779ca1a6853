package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// A call is one use of a method from the command line. Parameters are flags: text as it is, messages and lists as JSON.
type call struct {
	flags  *flag.FlagSet
	args   []string
	stdin  io.Reader
	stdout io.Writer
	start  func() (*pluginhost.Plugin, error)
	plugin *pluginhost.Plugin // nil until it is started
}

func newCall(method string, args []string, stdin io.Reader, stdout io.Writer, start func() (*pluginhost.Plugin, error)) *call {
	return &call{flags: flag.NewFlagSet(method, flag.ExitOnError), args: args, stdin: stdin, stdout: stdout, start: start}
}

// end ends the plugin, if it was started.
func (c *call) end() { _ = c.plugin.Close(context.Background()) }

// arg declares the flag of a parameter. It has its value after dial.
func arg[T any](c *call, name string) *T {
	value := new(T)
	set := func(text string) error { return parse(reflect.ValueOf(value).Elem(), text) }
	switch any(value).(type) {
	case *bool, **bool:
		c.flags.BoolFunc(name, "", set)
	default:
		c.flags.Func(name, fmt.Sprintf("`%v`", reflect.TypeFor[T]()), set)
	}
	return value
}

// dial reads the parameters, starts the plugin and returns its implementation of a service.
func dial[T any](c *call, dispense func(interface {
	Client() (plugin.ClientProtocol, error)
}) (T, error)) (T, error) {
	var none T
	_ = c.flags.Parse(c.args) // exits on an error
	if c.flags.NArg() > 0 {
		return none, fmt.Errorf("expected flags, found %q: -h lists them", c.flags.Args())
	}
	started, err := c.start()
	if err != nil {
		return none, err
	}
	c.plugin = started
	return dispense(started)
}

// parse reads the text of a parameter into v.
func parse(v reflect.Value, text string) error {
	switch value := v.Interface().(type) {
	case []byte:
		v.SetBytes([]byte(text))
		return nil
	case time.Duration:
		d, err := time.ParseDuration(text)
		v.SetInt(int64(d))
		return err
	case time.Time:
		return json.Unmarshal([]byte(strconv.Quote(text)), v.Addr().Interface())
	case proto.Message:
		v.Set(reflect.New(v.Type().Elem()))
		return protojson.Unmarshal([]byte(text), v.Interface().(proto.Message))
	case protoreflect.Enum:
		if name := value.Descriptor().Values().ByName(protoreflect.Name(text)); name != nil {
			v.SetInt(int64(name.Number()))
			return nil
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Pointer: // a parameter that may be absent, and is not
		v.Set(reflect.New(v.Type().Elem()))
		return parse(v.Elem(), text)
	case reflect.Slice:
		return parseList(v, text)
	}
	return json.Unmarshal([]byte(text), v.Addr().Interface())
}

// parseList reads a list in JSON, whose elements are parsed as parameters are.
func parseList(v reflect.Value, text string) error {
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	messages := v.Type().Elem().Implements(reflect.TypeFor[proto.Message]()) // which are read with their quotes
	for i, raw := range list {
		element := string(raw)
		if unquoted := ""; !messages && json.Unmarshal(raw, &unquoted) == nil {
			element = unquoted
		}
		if err := parse(v.Index(i), element); err != nil {
			return err
		}
	}
	return nil
}

// show prints the results of a call, a line each. The last result is the error of the call.
func (c *call) show(results ...any) error {
	if err, failed := results[len(results)-1].(error); failed {
		return err
	}
	for _, result := range results[:len(results)-1] {
		if err := c.print(result); err != nil {
			return err
		}
	}
	return nil
}

// print prints one result: text as it is, messages and what holds several values as JSON.
func (c *call) print(result any) error {
	text := fmt.Sprint(result)
	switch result := result.(type) {
	case []byte:
		text = string(result)
	case proto.Message:
		text = protojson.Format(result)
	default:
		if kind := reflect.ValueOf(result).Kind(); kind == reflect.Slice || kind == reflect.Map || kind == reflect.Pointer {
			data, err := json.Marshal(result)
			if err != nil {
				return err
			}
			text = string(data)
		}
	}
	_, err := fmt.Fprintln(c.stdout, text)
	return err
}
