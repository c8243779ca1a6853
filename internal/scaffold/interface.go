package scaffold

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/goplugin-dev/goplugin/internal/fromgo"
)

// FromInterface returns the API that a Go interface leads to, and what to tell the user about it. target is a package
// and one of its types, such as ./store.KV.
func FromInterface(ctx context.Context, options Options, target string) (*API, []string, error) {
	names, err := newNames("project", options.Name)
	if err != nil {
		return nil, nil, err
	}
	pattern, typeName, err := fromgo.ParseTarget(target)
	if err != nil {
		return nil, nil, err
	}
	result, err := fromgo.Convert(ctx, fromgo.Options{
		Pattern:      pattern,
		Type:         typeName,
		ProtoPackage: names.ProtoPackage,
		GoPackage:    cmp.Or(options.Module, DefaultModule(options.Name)) + "/sdk/" + names.GoPackage,
	})
	if err != nil {
		return nil, nil, err
	}
	file := names.ProtoDir + "/" + names.ProtoBase + ".proto"
	api := &API{Sources: fstest.MapFS{file: {Data: []byte(result.Proto)}}, Files: []string{file}, Own: true}
	return api, interfaceNotes(target, file, result), nil
}

// interfaceNotes tell how the generated interface differs from the one it was made from.
func interfaceNotes(target, file string, result *fromgo.Result) []string {
	verdict := fmt.Sprintf("An implementation of %s is one of the generated interface as it is.", target)
	if !result.Assignable {
		verdict = fmt.Sprintf("An implementation of %s needs an adapter to the generated interface, or its signatures.", target)
	}
	notes := []string{fmt.Sprintf("proto/%s was made from %s: read it, because it is the contract from now on. %s", file, target, verdict)}
	if list := ofKind(result.Problems, fromgo.Changed); len(list) > 0 {
		notes = append(notes, "Changed:\n  "+strings.Join(list, "\n  "))
	}
	if list := ofKind(result.Problems, fromgo.LeftOut); len(list) > 0 {
		notes = append(notes, "Left out:\n  "+strings.Join(list, "\n  "))
	}
	return notes
}

func ofKind(problems []fromgo.Problem, kind fromgo.Kind) []string {
	var list []string
	for _, p := range problems {
		if p.Kind == kind {
			list = append(list, p.String())
		}
	}
	return list
}
