package inspect

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Method returns a method of a plugin by SERVICE/METHOD or SERVICE.METHOD. SERVICE is the full name of a service, or
// its last part where one service alone has it; a slash may stand in front. The error of a name that is not there suggests those like it.
func (p *Plugin) Method(name string) (protoreflect.MethodDescriptor, error) {
	serviceName, methodName, ok := cutMethod(name)
	if !ok {
		return nil, fmt.Errorf("method %q: expected SERVICE/METHOD, such as greeter.v1.GreeterService/Greet", name)
	}
	services, err := p.callable()
	if err != nil {
		return nil, err
	}
	service, err := findService(services, serviceName)
	if err != nil {
		return nil, err
	}
	if method := service.Methods().ByName(protoreflect.Name(methodName)); method != nil {
		return method, nil
	}
	var names []string
	for i := range service.Methods().Len() {
		names = append(names, string(service.Methods().Get(i).Name()))
	}
	return nil, fmt.Errorf("service %s has no method %q%s", service.FullName(), methodName, suggestion(methodName, names))
}

// cutMethod cuts SERVICE/METHOD, with or without a slash in front, or SERVICE.METHOD.
func cutMethod(name string) (service, method string, ok bool) {
	name = strings.TrimPrefix(name, "/")
	at := strings.LastIndexByte(name, '/')
	if at < 0 {
		at = strings.LastIndexByte(name, '.')
	}
	if at <= 0 || at == len(name)-1 {
		return "", "", false
	}
	return name[:at], name[at+1:], true
}

// Methods returns SERVICE/METHOD for each method of the application's services.
func (p *Plugin) Methods() ([]string, error) {
	services, err := p.callable()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, service := range services {
		if isOwn(service.name) || service.err != nil {
			continue
		}
		for i := range service.descriptor.Methods().Len() {
			names = append(names, pathOf(service.descriptor.Methods().Get(i)))
		}
	}
	return names, nil
}

// pathOf returns SERVICE/METHOD.
func pathOf(method protoreflect.MethodDescriptor) string {
	return string(method.Parent().FullName()) + "/" + string(method.Name())
}

func findService(services []servedService, name string) (protoreflect.ServiceDescriptor, error) {
	var matches []servedService
	var names, ambiguous []string
	for _, service := range services {
		full := string(service.name)
		switch {
		case full == name:
			return service.described()
		case string(service.name.Name()) == name:
			matches, ambiguous = append(matches, service), append(ambiguous, full)
		}
		if !isOwn(service.name) {
			names = append(names, full)
		}
	}
	switch len(matches) {
	case 0:
		return nil, fmt.Errorf("the plugin serves no service %q%s", name, suggestion(name, names))
	case 1:
		return matches[0].described()
	}
	return nil, fmt.Errorf("%d services are called %q: give one of %s", len(matches), name, strings.Join(ambiguous, ", "))
}

// described returns the descriptor.
func (s servedService) described() (protoreflect.ServiceDescriptor, error) {
	if s.err != nil {
		return nil, fmt.Errorf("the methods of service %s are not known: its reflection fails: %w: give its .proto files with --proto", s.name, s.err)
	}
	return s.descriptor, nil
}

// suggestion says which of the names was meant; or, if none is like the wrong one, what there is.
func suggestion(wrong string, names []string) string {
	var near []string
	for _, name := range names {
		if isNear(wrong, name) || isNear(wrong, name[strings.LastIndex(name, ".")+1:]) {
			near = append(near, name)
		}
	}
	switch {
	case len(near) > 0:
		return ": did you mean " + strings.Join(near, " or ") + "?"
	case len(names) > 0:
		return ": there is " + strings.Join(names, ", ")
	}
	return ": there is none at all"
}

// isNear reports whether a word can be a misspelt name, in any case: it is the beginning of the name, or has two wrong
// letters at most, one if it is short.
func isNear(word, name string) bool {
	word, name = strings.ToLower(word), strings.ToLower(name)
	return strings.HasPrefix(name, word) || distance(word, name) <= min(2, max(1, len(word)/3))
}

// distance returns how many letters must be inserted, removed or replaced to make one word of another (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = slices.Min([]int{replaced, row[j] + 1, row[j+1] + 1})
		}
	}
	return row[len(b)]
}
