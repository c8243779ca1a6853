package inspect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Method returns a method of a plugin by SERVICE/METHOD. SERVICE is the full name of a service, or its last part where
// one service alone has it; a slash may stand in front. The error of a name that is not there suggests those like it.
func (p *Plugin) Method(name string) (protoreflect.MethodDescriptor, error) {
	serviceName, methodName, ok := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	if !ok || serviceName == "" || methodName == "" {
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

// Methods returns SERVICE/METHOD for each method of the application's services.
func (p *Plugin) Methods() ([]string, error) {
	services, err := p.callable()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, service := range services {
		for i := range service.Methods().Len() {
			if !isOwn(service.FullName()) {
				names = append(names, pathOf(service.Methods().Get(i)))
			}
		}
	}
	return names, nil
}

// callable returns the services of a plugin that can be called by name.
func (p *Plugin) callable() ([]protoreflect.ServiceDescriptor, error) {
	if p.conn == nil {
		return nil, errors.New("the plugin speaks net/rpc, whose methods cannot be called by name: expected a plugin that speaks gRPC")
	}
	services, err := p.services()
	if err != nil {
		return nil, fmt.Errorf("the methods of the plugin are not known: %s: %w", reflectionProblem(err), err)
	}
	return services, nil
}

// pathOf returns SERVICE/METHOD.
func pathOf(method protoreflect.MethodDescriptor) string {
	return string(method.Parent().FullName()) + "/" + string(method.Name())
}

func findService(services []protoreflect.ServiceDescriptor, name string) (protoreflect.ServiceDescriptor, error) {
	var matches []protoreflect.ServiceDescriptor
	var names, ambiguous []string
	for _, service := range services {
		full := string(service.FullName())
		if full == name {
			return service, nil
		}
		if string(service.Name()) == name {
			matches, ambiguous = append(matches, service), append(ambiguous, full)
		}
		if !isOwn(service.FullName()) {
			names = append(names, full)
		}
	}
	switch len(matches) {
	case 0:
		return nil, fmt.Errorf("the plugin serves no service %q%s", name, suggestion(name, names))
	case 1:
		return matches[0], nil
	}
	return nil, fmt.Errorf("%d services are called %q: give one of %s", len(matches), name, strings.Join(ambiguous, ", "))
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
