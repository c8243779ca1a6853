package gen

import (
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// directives are those of a run, by the full name of what they govern: a package, a service, an rpc or a field.
type directives map[protoreflect.FullName][]directive

// rootPackage stands for the package of files without a package statement in a directive file.
const rootPackage = "."

// readComments adds the directives in the comments of a file. Every comment of the file is looked at, so that a
// directive in the wrong place is an error and never silently dropped.
func (ds directives) readComments(file protoreflect.FileDescriptor, ps *problems) {
	locations := file.SourceLocations()
	for i := range locations.Len() {
		loc := locations.Get(i)
		at := positionAt(file, loc)
		name, known := governed(file, loc.Path)
		for _, d := range commentDirectives(loc, at, ps) {
			if !known {
				ps.addf(d.at, "goplugin:%s stands where no directive can: put it above the package statement, a service, an rpc or a field", d.verb)
				continue
			}
			ds[name] = append(ds[name], d)
		}
		for _, detached := range loc.LeadingDetachedComments {
			for _, d := range linesOf(detached, func(int, int) Position { return at }, &problems{}) {
				ps.addf(at, "goplugin:%s is cut off from what follows by an empty line: remove that line", d.verb)
			}
		}
	}
}

// governed returns the full name of the package, service, rpc or field at a path of the file's descriptor. The numbers
// are the fields of google.protobuf.FileDescriptorProto (package 2, message_type 4, service 6), ServiceDescriptorProto
// (method 2) and DescriptorProto (field 2, nested_type 3).
func governed(file protoreflect.FileDescriptor, path protoreflect.SourcePath) (protoreflect.FullName, bool) {
	switch {
	case len(path) == 1 && path[0] == 2:
		return file.Package(), true
	case len(path) == 2 && path[0] == 6:
		return file.Services().Get(int(path[1])).FullName(), true
	case len(path) == 4 && path[0] == 6 && path[2] == 2:
		return file.Services().Get(int(path[1])).Methods().Get(int(path[3])).FullName(), true
	case len(path) >= 4 && len(path)%2 == 0 && path[0] == 4 && path[len(path)-2] == 2:
		return governedField(file.Messages(), path[1:])
	}
	return "", false
}

// governedField returns the full name of a field. path is the index of a message, and what follows it.
func governedField(messages protoreflect.MessageDescriptors, path protoreflect.SourcePath) (protoreflect.FullName, bool) {
	message := messages.Get(int(path[0]))
	switch {
	case len(path) == 3:
		return message.Fields().Get(int(path[2])).FullName(), true
	case path[1] == 3:
		return governedField(message.Messages(), path[2:])
	}
	return "", false
}

// commentDirectives returns the directives in the leading and trailing comment of a location.
//
// The descriptor says where the element is and not where its comments are, so the position is worked out: exact for
// line comments right above the element and at the end of its line, a line or a few columns off for block comments,
// and that of the element itself for comments behind an opening brace.
func commentDirectives(loc protoreflect.SourceLocation, at Position, ps *problems) []directive {
	leading := linesOf(loc.LeadingComments, func(line, count int) Position {
		return Position{File: at.File, Line: at.Line - count + line, Column: at.Column + len("//")}
	}, ps)
	trailing := linesOf(loc.TrailingComments, func(line, _ int) Position {
		if loc.EndLine != loc.StartLine { // behind the opening brace, or behind the last of several lines
			return Position{File: at.File, Line: at.Line, Column: at.Column, nearby: true}
		}
		return Position{File: at.File, Line: at.Line + line, Column: loc.EndColumn + 1 + len(" //")}
	}, ps)
	return append(leading, trailing...)
}

// linesOf returns the directives among the lines of a comment. position says where the text of a line begins.
func linesOf(comment string, position func(line, count int) Position, ps *problems) []directive {
	lines := commentLines(comment)
	var ds []directive
	for i, line := range lines {
		text := strings.TrimSpace(line)
		if !strings.HasPrefix(text, directivePrefix) {
			continue
		}
		indent := strings.Index(line, directivePrefix)
		ds = append(ds, parseDirective(text, position(i, len(lines)).right(indent), ps))
	}
	return ds
}

// commentLines splits the text of a comment. Line comments end with a newline that ends their last line.
func commentLines(comment string) []string {
	if comment == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(comment, "\n"), "\n")
}

// readFile adds the directives of a directive file: on each line the full name of a package, service, rpc or field and one
// directive for it; # starts a comment. "." is the package of files without a package statement.
//
// A name in a package that this run does not have is passed over, because one file may serve several runs.
func (ds directives) readFile(path string, plugin *protogen.Plugin, ps *problems) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("option directives=%s: %w", path, err)
	}
	known, packages := namesOf(plugin)
	for i, line := range strings.Split(string(data), "\n") {
		at := Position{File: path, Line: i + 1, Column: 1 + len(line) - len(strings.TrimLeft(line, " \t"))}
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest := line, ""
		if i := strings.IndexAny(line, " \t"); i >= 0 {
			name, rest = line[:i], strings.TrimSpace(line[i:])
		}
		if !strings.HasPrefix(rest, directivePrefix) {
			ps.addf(at, "expected NAME %sVERB KEY=VALUE ..., found %q", directivePrefix, line)
			continue
		}
		d := parseDirective(rest, at.right(len(line)-len(rest)), ps)
		full := protoreflect.FullName(strings.TrimPrefix(name, rootPackage))
		switch {
		case known[full]:
			ds[full] = append(ds[full], d)
		case inPackage(full, packages):
			ps.addf(at, "no package, service, rpc or field is named %q in the files of this run", name)
		}
	}
	return nil
}

// namesOf returns what a directive file can name, and the packages of the files to generate.
func namesOf(plugin *protogen.Plugin) (known, packages map[protoreflect.FullName]bool) {
	known, packages = map[protoreflect.FullName]bool{}, map[protoreflect.FullName]bool{}
	for _, file := range plugin.Files {
		if !file.Generate {
			continue
		}
		packages[file.Desc.Package()], known[file.Desc.Package()] = true, true
		for _, service := range file.Services {
			known[service.Desc.FullName()] = true
			for _, method := range service.Methods {
				known[method.Desc.FullName()] = true
			}
		}
		for _, field := range fieldsOf(file.Messages) {
			known[field.Desc.FullName()] = true
		}
	}
	return known, packages
}

func inPackage(name protoreflect.FullName, packages map[protoreflect.FullName]bool) bool {
	for {
		if packages[name] {
			return true
		}
		if name == "" {
			return false
		}
		name = name.Parent()
	}
}
