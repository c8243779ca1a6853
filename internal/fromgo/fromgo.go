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
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Options say what to convert, and the names of what comes out.
type Options struct {
	Dir        string   // where the go command runs and what positions are relative to; empty is the current directory
	Interfaces []Target // one or more; a plugin can serve all of them

	ProtoPackage string // package of the .proto file: kv.v1
	GoPackage    string // its option go_package: example.com/kv/sdk/kvv1
}

// A Target names an interface.
type Target struct {
	Pattern string // one Go package, as the go command names it: ./store, or an import path
	Type    string // the interface: KV
}

// A Result is a .proto file and how it differs from the interface it was made from.
type Result struct {
	Proto      string      // text of the file, as buf formats it
	Interfaces []Interface // as they were asked for
	Problems   []Problem   // in the order of the sources
	Callbacks  bool        // whether plugins are passed interfaces or funcs to call
}

// An Interface is one that was converted.
type Interface struct {
	Name      string // as other packages write it: store.KV
	Path      string // import path of its package
	ModuleDir string // of that package, if it is of the main module
	Generated string // the generated interface: KV

	// Assignable says that a value of the original interface is one of the generated interface without an adapter.
	// Methods that were left out do not prevent it.
	Assignable bool
	// Complete says that no method was left out. With Assignable, a value of either is one of the other.
	Complete bool
}

// Convert loads Go packages and makes a .proto file (proto3) from some of their interfaces. It takes as long as the Go
// command needs to build the dependencies of the packages, where its build cache lacks them.
//
// The error holds what the go command and the compiler said of the package, names the interfaces that there are, or
// lists all problems where no method of one of the interfaces can be carried.
func Convert(ctx context.Context, o Options) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	src, err := load(ctx, o.Dir, o.Interfaces)
	if err != nil {
		return nil, err
	}
	var roots []*types.TypeName
	for i, target := range o.Interfaces {
		name, err := src.interfaceNamed(src.targets[i], target.Type)
		if err != nil {
			return nil, err
		}
		roots = append(roots, name)
	}
	return convert(src, roots, o)
}

// convert makes the file of interfaces whose packages are loaded.
func convert(src *source, roots []*types.TypeName, o Options) (*Result, error) {
	c := newConverter(src, o)
	c.roots(roots)
	f, problems := c.file()
	r := &Result{Problems: problems}
	for _, name := range roots {
		s := c.callable[name]
		if len(s.RPCs) == 0 {
			return nil, fmt.Errorf("%s: nothing of the interface %s can be carried:\n%w", src.at(name), name.Name(), leftOut(problems))
		}
		r.Interfaces = append(r.Interfaces, Interface{
			Name: name.Pkg().Name() + "." + name.Name(), Path: name.Pkg().Path(), ModuleDir: src.moduleDirs[name.Pkg().Path()],
			Generated: s.GoName, Assignable: !s.changed, Complete: len(s.RPCs) == len(s.methods),
		})
	}
	for _, s := range f.Services {
		r.Callbacks = r.Callbacks || len(s.callees) > 0
	}
	var err error
	r.Proto, err = f.print()
	return r, err
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
func ParseTarget(target string) (Target, error) {
	slash := strings.LastIndexAny(target, `/\`)
	dot := strings.LastIndexByte(target, '.')
	if dot <= slash || !token.IsIdentifier(target[dot+1:]) {
		return Target{}, fmt.Errorf("expected a package and an interface such as ./store.KV or example.com/app/store.KV, found %q", target)
	}
	pattern := target[:dot]
	if pattern == "" || strings.HasSuffix(pattern, "/") {
		pattern += "."
	}
	return Target{pattern, target[dot+1:]}, nil
}

// check reports options from which no .proto file can be made.
func (o Options) check() error {
	if !protoreflect.FullName(o.ProtoPackage).IsValid() {
		return fmt.Errorf("expected a proto package such as kv.v1, found %q", o.ProtoPackage)
	}
	if o.GoPackage == "" || strings.ContainsAny(o.GoPackage, "\"\\\n") {
		return fmt.Errorf("expected the import path of a Go package such as example.com/kv/sdk/kvv1, found %q", o.GoPackage)
	}
	if len(o.Interfaces) == 0 {
		return errors.New("expected a Go interface, found none")
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
