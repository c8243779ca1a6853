package scaffold

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

// A fileSet is the .proto files that become one Go package.
type fileSet struct {
	name  string // that the Go package is named after: the proto package, and more where it gives several
	files []*descriptorpb.FileDescriptorProto
}

// goPackages returns the options that put .proto files into Go packages of this module: those of one proto package into
// one, as far as Go allows it. A file that names a package of the module itself needs none. req holds the files with all
// that they import.
func (p *project) goPackages(files []*descriptorpb.FileDescriptorProto, req *pluginpb.CodeGeneratorRequest) ([]string, error) {
	var foreign []*descriptorpb.FileDescriptorProto
	for _, file := range files {
		own, _, _ := strings.Cut(file.GetOptions().GetGoPackage(), ";")
		switch {
		case strings.HasPrefix(own, p.SDKModule()+"/"):
		case strings.HasPrefix(own, p.Module+"/"):
			return nil, fmt.Errorf("%s: its go_package %s is outside of the module of generated code in the layout %s, %s: change that, or use the layout %s",
				file.GetName(), own, LayoutSplit, p.SDKModule(), LayoutSingle)
		default:
			foreign = append(foreign, file)
		}
	}
	sets, err := withoutCycles(byProtoPackage(foreign), req)
	if err != nil {
		return nil, err
	}
	taken := map[string]string{} // what Go packages are named after
	var options []string
	for _, set := range sets {
		name := goPackageName(set.name, p.ProtoBase, taken)
		taken[name] = set.name
		for _, file := range set.files {
			options = append(options, fmt.Sprintf("M%s=%s/sdk/%s;%s", file.GetName(), p.Module, name, name))
		}
	}
	slices.Sort(options)
	return options, nil
}

// byProtoPackage groups files by their proto packages. Where files of one package have the same name, as then had their
// Go files, it groups them by their directories, too.
func byProtoPackage(files []*descriptorpb.FileDescriptorProto) []*fileSet {
	var sets []*fileSet
	for _, set := range groupBy(files, (*descriptorpb.FileDescriptorProto).GetPackage) {
		if !sameFileNames(set.files) {
			sets = append(sets, set)
			continue
		}
		for _, part := range groupBy(set.files, func(file *descriptorpb.FileDescriptorProto) string { return path.Dir(file.GetName()) }) {
			sets = append(sets, &fileSet{set.name + "." + path.Base(part.name), part.files})
		}
	}
	return sets
}

// groupBy returns the files with the same key as sets of that name, in the order of their first files.
func groupBy(files []*descriptorpb.FileDescriptorProto, key func(*descriptorpb.FileDescriptorProto) string) []*fileSet {
	var sets []*fileSet
	for _, file := range files {
		i := slices.IndexFunc(sets, func(s *fileSet) bool { return s.name == key(file) })
		if i < 0 {
			i, sets = len(sets), append(sets, &fileSet{name: key(file)})
		}
		sets[i].files = append(sets[i].files, file)
	}
	return sets
}

// sameFileNames reports whether two of the files have the same name in different directories.
func sameFileNames(files []*descriptorpb.FileDescriptorProto) bool {
	seen := map[string]bool{}
	for _, file := range files {
		seen[path.Base(file.GetName())] = true
	}
	return len(seen) < len(files)
}

// withoutCycles puts proto packages whose files import each other, which Go packages cannot, into one Go package. Where
// their declarations would meet there, each of their files gets a Go package of its own.
func withoutCycles(sets []*fileSet, req *pluginpb.CodeGeneratorRequest) ([]*fileSet, error) {
	var result []*fileSet
	for _, cycle := range cycles(sets) {
		if len(cycle) == 1 {
			result = append(result, cycle...)
			continue
		}
		merged := union(cycle)
		fits, err := fitTogether(merged.files, req)
		if err != nil {
			return nil, err
		}
		if fits {
			result = append(result, merged)
			continue
		}
		for _, set := range cycle {
			for _, file := range set.files {
				name := strings.TrimSuffix(path.Base(file.GetName()), ".proto")
				result = append(result, &fileSet{set.name + "." + name, []*descriptorpb.FileDescriptorProto{file}})
			}
		}
	}
	return result, nil
}

// cycles groups sets: those that import each other, directly or through others, are together.
func cycles(sets []*fileSet) [][]*fileSet {
	reached := map[*fileSet]map[*fileSet]bool{}
	importsOf := importsOfSets(sets)
	for _, set := range sets {
		reached[set] = map[*fileSet]bool{}
		for todo := []*fileSet{set}; len(todo) > 0; todo = todo[1:] {
			if !reached[set][todo[0]] {
				reached[set][todo[0]] = true
				todo = append(todo, importsOf[todo[0]]...)
			}
		}
	}
	var groups [][]*fileSet
	for _, set := range sets {
		i := slices.IndexFunc(groups, func(g []*fileSet) bool { return reached[set][g[0]] && reached[g[0]][set] })
		if i < 0 {
			groups = append(groups, []*fileSet{set})
		} else {
			groups[i] = append(groups[i], set)
		}
	}
	return groups
}

// importsOfSets returns the sets that each set imports, in the order of its files.
func importsOfSets(sets []*fileSet) map[*fileSet][]*fileSet {
	owner := map[string]*fileSet{}
	for _, set := range sets {
		for _, file := range set.files {
			owner[file.GetName()] = set
		}
	}
	imports := map[*fileSet][]*fileSet{}
	for _, set := range sets {
		for _, file := range set.files {
			for _, name := range file.GetDependency() {
				if imported := owner[name]; imported != nil && !slices.Contains(imports[set], imported) {
					imports[set] = append(imports[set], imported)
				}
			}
		}
	}
	return imports
}

// union returns the files of all sets, under the name of the one with most services, or else most files.
func union(sets []*fileSet) *fileSet {
	largest := slices.MaxFunc(sets, func(a, b *fileSet) int {
		return cmp.Or(cmp.Compare(a.services(), b.services()), cmp.Compare(len(a.files), len(b.files)))
	})
	merged := &fileSet{name: largest.name}
	for _, set := range sets {
		merged.files = append(merged.files, set.files...)
	}
	return merged
}

func (s *fileSet) services() int {
	count := 0
	for _, file := range s.files {
		count += len(file.GetService())
	}
	return count
}

// fitTogether reports whether one Go package can hold what files of several proto packages declare.
func fitTogether(files []*descriptorpb.FileDescriptorProto, req *pluginpb.CodeGeneratorRequest) (bool, error) {
	if sameFileNames(files) {
		return false, nil
	}
	var parameters []string
	for i, file := range req.GetProtoFile() { // every file needs some Go package; which does not matter for names
		parameters = append(parameters, fmt.Sprintf("M%s=example.com/p%d", file.GetName(), i))
	}
	parameter := strings.Join(parameters, ",")
	plugin, err := protogen.Options{}.New(&pluginpb.CodeGeneratorRequest{ProtoFile: req.GetProtoFile(), Parameter: &parameter})
	if err != nil {
		return false, err
	}
	owners := map[string]string{}
	for _, file := range files {
		for _, name := range goNames(plugin.FilesByPath[file.GetName()]) {
			if owner, twice := owners[name]; twice && owner != file.GetName() {
				return false, nil
			}
			owners[name] = file.GetName()
		}
	}
	return true, nil
}

// goNames returns the Go names of what a file declares.
func goNames(file *protogen.File) []string {
	var list []string
	var add func(messages []*protogen.Message, enums []*protogen.Enum)
	add = func(messages []*protogen.Message, enums []*protogen.Enum) {
		for _, e := range enums {
			list = append(list, e.GoIdent.GoName)
			for _, v := range e.Values {
				list = append(list, v.GoIdent.GoName)
			}
		}
		for _, m := range messages {
			list = append(list, m.GoIdent.GoName)
			add(m.Messages, m.Enums)
		}
	}
	add(file.Messages, file.Enums)
	for _, s := range file.Services {
		list = append(list, s.GoName)
	}
	for _, x := range file.Extensions {
		list = append(list, x.GoIdent.GoName)
	}
	return list
}

var packageVersion = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]+)?$`)

// goPackageName returns the name of the Go package for a proto package: kvv1 for acme.kv.v1, one with more of its words
// where that is taken, and kvpb, after the project, where its name says nothing.
func goPackageName(pkg, project string, taken map[string]string) string {
	words := strings.Split(cleanName(pkg), ".")
	from := len(words) - 1
	if packageVersion.MatchString(words[from]) && from > 0 {
		from--
	}
	candidates := []string{}
	for ; from >= 0; from-- {
		candidates = append(candidates, strings.Join(words[from:], ""))
	}
	candidates = slices.DeleteFunc(candidates, saysNothing)
	for name := cleanName(project) + "pb"; ; name += "x" {
		for _, candidate := range append(candidates, name) {
			if _, clash := taken[candidate]; !clash {
				return candidate
			}
		}
	}
}

// cleanName returns a name of letters, digits and dots, in lower case.
func cleanName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// saysNothing reports whether a name is none for a Go package of an SDK: too common, or special to Go.
func saysNothing(name string) bool {
	common := []string{"api", "grpc", "init", "internal", "main", "pb", "plugin", "plugins", "proto", "protobuf", "rpc", "service", "services", "vendor"}
	return slices.Contains(common, name) || !token.IsIdentifier(name) || types.Universe.Lookup(name) != nil || strings.HasSuffix(name, "test")
}
