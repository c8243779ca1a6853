// Package fromgo makes a .proto file from a Go interface: the start for a program that has its interface already. The
// file holds a service with goplugin directives, from which protoc-gen-goplugin makes an interface that is as near to
// the original as the boundary between two processes allows. What differs and what cannot be carried is listed.
//
// Not listed is what holds for every plugin: values are copied, a slice or map that is empty arrives as nil, and a
// string must be valid UTF-8. A callback can be called until the method that it was passed to returns, unless the
// .proto file is changed to say lifetime=plugin.
package fromgo

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Options say what to convert, and the names of what comes out.
type Options struct {
	Dir     string // where the go command runs and what positions are relative to; empty is the current directory
	Pattern string // one Go package, as the go command names it: ./store, or an import path
	Type    string // the interface: KV

	ProtoPackage string // package of the .proto file: kv.v1
	GoPackage    string // its option go_package: example.com/kv/sdk/kvv1
	Service      string // the service; empty is the interface's name with Service behind it
}

// A Result is a .proto file and how it differs from the interface it was made from.
type Result struct {
	Proto    string    // text of the file, as buf formats it
	Problems []Problem // in the order of the sources

	// Assignable says that a value of the original interface is one of the generated interface without an adapter.
	// Methods that were left out do not prevent it.
	Assignable bool
}

// Convert loads a Go package and makes a .proto file (proto3) from one of its interfaces. It takes as long as the Go
// command needs to build the dependencies of the package, where its build cache lacks them.
//
// The error holds what the go command and the compiler said of the package, names the interfaces that there are, or
// lists all problems where no method of the interface can be carried.
func Convert(ctx context.Context, o Options) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	src, err := load(ctx, o.Dir, o.Pattern)
	if err != nil {
		return nil, err
	}
	name, err := src.interfaceNamed(o.Type)
	if err != nil {
		return nil, err
	}
	return convert(src, name, o)
}

// convert makes the file of an interface whose package is loaded.
func convert(src *source, name *types.TypeName, o Options) (*Result, error) {
	c := newConverter(src, o)
	c.root(name, o.Service)
	f, problems := c.file()
	if len(f.Services[0].RPCs) == 0 {
		return nil, fmt.Errorf("%s: nothing of the interface %s can be carried:\n%w", src.at(name), name.Name(), leftOut(problems))
	}
	text, err := f.print()
	return &Result{Proto: text, Problems: problems, Assignable: !slices.ContainsFunc(c.services, func(s *service) bool { return s.changed })}, err
}

// leftOut returns what was left out as one error, a line each.
func leftOut(problems []Problem) error {
	var list []error
	for _, p := range problems {
		if p.Kind == LeftOut {
			list = append(list, errors.New(p.String()))
		}
	}
	return errors.Join(list...)
}

// ParseTarget splits what a user writes for a package and one of its types: ./store.KV is ./store and KV, and .KV is
// the KV of the current directory.
func ParseTarget(target string) (pattern, typeName string, err error) {
	slash := strings.LastIndexAny(target, `/\`)
	dot := strings.LastIndexByte(target, '.')
	if dot <= slash || !token.IsIdentifier(target[dot+1:]) {
		return "", "", fmt.Errorf("expected a package and an interface such as ./store.KV or example.com/app/store.KV, found %q", target)
	}
	pattern = target[:dot]
	if pattern == "" || strings.HasSuffix(pattern, "/") {
		pattern += "."
	}
	return pattern, target[dot+1:], nil
}

var serviceName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// check reports options from which no .proto file can be made.
func (o Options) check() error {
	if !protoreflect.FullName(o.ProtoPackage).IsValid() {
		return fmt.Errorf("expected a proto package such as kv.v1, found %q", o.ProtoPackage)
	}
	if o.GoPackage == "" || strings.ContainsAny(o.GoPackage, "\"\\\n") {
		return fmt.Errorf("expected the import path of a Go package such as example.com/kv/sdk/kvv1, found %q", o.GoPackage)
	}
	if o.Service != "" && !serviceName.MatchString(o.Service) {
		return fmt.Errorf("expected the name of a service such as KVService, found %q", o.Service)
	}
	return nil
}

// goPackageName returns the name that the package of the option go_package has.
func (o Options) goPackageName() string {
	importPath, name, found := strings.Cut(o.GoPackage, ";")
	if found {
		return name
	}
	return path.Base(importPath)
}
