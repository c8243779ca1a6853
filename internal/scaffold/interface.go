package scaffold

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/goplugin-dev/goplugin/internal/fromgo"
)

// An origin is the Go interfaces that an API was made from.
type origin struct {
	*fromgo.Result
	SDK     string // module of the generated code
	Replace string // path to that from the module of the interfaces; empty where they are of other modules
}

// FromInterface returns the API that Go interfaces lead to, and what to tell the user about it. Each target is a package
// and one of its types, such as ./store.KV.
func FromInterface(ctx context.Context, options Options, targets ...string) (*API, []string, error) {
	names, err := newNames("project", options.Name)
	if err != nil {
		return nil, nil, err
	}
	module := cmp.Or(options.Module, DefaultModule(options.Name))
	convert := fromgo.Options{ProtoPackage: names.ProtoPackage, GoPackage: module + "/sdk/" + names.GoPackage}
	for _, target := range targets {
		parsed, err := fromgo.ParseTarget(target)
		if err != nil {
			return nil, nil, err
		}
		convert.Interfaces = append(convert.Interfaces, parsed)
	}
	result, err := fromgo.Convert(ctx, convert)
	if err != nil {
		return nil, nil, err
	}
	o := &origin{Result: result, SDK: module}
	dir := options.Dir
	if options.Layout == LayoutSplit {
		o.SDK, dir = module+"/sdk", filepath.Join(dir, "sdk")
	}
	if from := result.Interfaces[0].ModuleDir; from != "" && options.Dir != "" {
		o.Replace = relativeTo(from, dir)
	}
	file := names.ProtoDir + "/" + names.ProtoBase + ".proto"
	api := &API{Sources: fstest.MapFS{file: {Data: []byte(result.Proto)}}, Files: []string{file}, Own: true, origin: o}
	return api, o.notes(file, strings.Join(targets, ", ")), nil
}

// relativeTo returns the path to a directory from another one, as a replace directive takes it; empty where there is none.
func relativeTo(from, dir string) string {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	relative, err := filepath.Rel(from, absolute)
	if err != nil {
		return ""
	}
	if relative = filepath.ToSlash(relative); strings.HasPrefix(relative, "../") {
		return relative
	}
	return "./" + path.Clean(relative)
}

// notes tell how the generated interfaces differ from those they were made from.
func (o *origin) notes(file, targets string) []string {
	verdict := fmt.Sprintf("An implementation of %s is one of the generated interface as it is.", targets)
	if o.Several() {
		verdict = "Implementations of them are ones of the generated interfaces as they are."
	}
	if !o.AsIs() {
		verdict = fmt.Sprintf("An implementation of %s needs an adapter to the generated interface, or its signatures.", strings.Join(o.differing(), " or "))
	}
	notes := []string{fmt.Sprintf("proto/%s was made from %s: read it, because it is the contract from now on. %s MIGRATING.md in the project says how one becomes a plugin.", file, targets, verdict)}
	if list := o.ofKind(fromgo.Changed, fromgo.Problem.String); len(list) > 0 {
		notes = append(notes, "Changed:\n  "+strings.Join(list, "\n  "))
	}
	if list := o.ofKind(fromgo.LeftOut, fromgo.Problem.String); len(list) > 0 {
		notes = append(notes, "Left out:\n  "+strings.Join(list, "\n  "))
	}
	return notes
}

func (o *origin) ofKind(kind fromgo.Kind, text func(fromgo.Problem) string) []string {
	var list []string
	for _, p := range o.Problems {
		if p.Kind == kind {
			list = append(list, text(p))
		}
	}
	return list
}

// Changed returns what differs, without positions: those of other modules name this machine.
func (o *origin) Changed() []string { return o.ofKind(fromgo.Changed, textOf) }

// LeftOut returns what was left out.
func (o *origin) LeftOut() []string { return o.ofKind(fromgo.LeftOut, textOf) }

func textOf(p fromgo.Problem) string { return p.Text }

// Several reports whether there are several interfaces.
func (o *origin) Several() bool { return len(o.Interfaces) > 1 }

// AsIs reports whether implementations of all interfaces are ones of those generated.
func (o *origin) AsIs() bool { return len(o.differing()) == 0 }

// differing returns the interfaces whose implementations are none of those generated.
func (o *origin) differing() []string {
	var list []string
	for _, i := range o.Interfaces {
		if !i.Assignable {
			list = append(list, i.Name)
		}
	}
	return list
}

// Names returns the interfaces as a sentence has them.
func (o *origin) Names() string {
	var list []string
	for _, i := range o.Interfaces {
		list = append(list, "`"+i.Name+"`")
	}
	return strings.Join(slices.Compact(list), " and ")
}

// hint says in the plugin's program what else may serve there.
func (o *origin) hint() string {
	what := "An implementation of " + strings.ReplaceAll(o.Names(), "`", "")
	if o.AsIs() {
		return what + " can serve here as it is: see MIGRATING.md."
	}
	return what + " can serve here, too, with the signatures that MIGRATING.md lists."
}

// writeOrigin adds what an API that was made from Go interfaces comes with.
func (a *apiProject) writeOrigin(plan *Plan) error {
	if a.Origin == nil {
		return nil
	}
	for _, pkg := range a.Packages {
		pkg.Hint = a.Origin.hint()
	}
	return render(plan, a, ".", map[string]string{"api/MIGRATING.md.tmpl": "MIGRATING.md"})
}
