package gen

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The rules that need the whole package: which names are free, which keys and errors are declared twice.

// checkDirectories reports Go packages that would write the same files.
func checkDirectories(groups []*fileGroup, ps *problems) {
	owners := map[string]*fileGroup{}
	for _, group := range groups {
		if other, twice := owners[group.dir]; twice {
			ps.addf(Position{File: group.files[0].Desc.Path()}, "the Go packages %s and %s (%s) would share one directory: give them one go_package, or a directory each",
				group.importPath, other.importPath, other.files[0].Desc.Path())
		}
		owners[group.dir] = group
		checkFilenames(group, ps)
	}
}

// checkFilenames reports .proto files of one name in one Go package: their generated files would have one name, too.
func checkFilenames(group *fileGroup, ps *problems) {
	owners := map[string]*protogen.File{}
	for _, file := range group.files {
		if other, twice := owners[file.GeneratedFilenamePrefix]; twice {
			ps.addf(Position{File: file.Desc.Path()}, "the code for this file and for %s would have one name, %s.pb.go: give one of them another name, or a go_package of its own",
				other.Desc.Path(), file.GeneratedFilenamePrefix)
		}
		owners[file.GeneratedFilenamePrefix] = file
	}
}

// checkSkipped checks the directives of a file that generates nothing.
func checkSkipped(file *protogen.File, ds directives, ps *problems) {
	ds.handshake(file.Desc.Package(), Handshake{}, ps)
	for _, service := range file.Services {
		ds.service(service.Desc.FullName(), ps)
		checkSkippedMethods(service, ds, ps)
	}
}

// checkSkippedMethods checks the directives on the rpcs of a service that is left out.
func checkSkippedMethods(service *protogen.Service, ds directives, ps *problems) {
	for _, method := range service.Methods {
		ds.method(method.Desc.FullName(), ps)
	}
}

// chooseNames gives every service of the package its names. A name that a person asked for comes first, then services
// whose full name is their first choice, then the rest in the order of their declaration.
func (b *packageBuilder) chooseNames() map[protoreflect.FullName]ServiceNames {
	names := map[protoreflect.FullName]ServiceNames{}
	var asked, exact, rest []*protogen.Service
	settings := map[*protogen.Service]serviceSettings{}
	for _, file := range b.group.files {
		for _, service := range file.Services {
			s := b.ds.service(service.Desc.FullName(), b.ps)
			settings[service] = s
			switch {
			case s.skip:
				checkSkippedMethods(service, b.ds, b.ps)
			case s.name.value != "":
				asked = append(asked, service)
			case interfaceNames(service.GoName)[0] == service.GoName:
				exact = append(exact, service)
			default:
				rest = append(rest, service)
			}
		}
	}
	for _, service := range slices.Concat(asked, exact, rest) {
		names[service.Desc.FullName()] = b.chooseServiceNames(service, settings[service])
	}
	return names
}

// chooseServiceNames takes the first names for a service that are all free.
func (b *packageBuilder) chooseServiceNames(service *protogen.Service, s serviceSettings) ServiceNames {
	at := positionOf(service.Desc)
	candidates := interfaceNames(service.GoName)
	if s.name.value != "" {
		candidates, at = []string{s.name.value}, s.name.at
	}
	var tried []string
	for _, candidate := range candidates {
		n := serviceNames(candidate)
		all := n.all(b.options.Transport)
		if s.host {
			all = n.callbackOnly()
		}
		name, owner, clash := b.taken.firstClash(all)
		if !clash && candidate == "Plugins" { // the method of the plugin set
			name, owner, clash = candidate, declaration{what: "the method Plugins of the plugin set"}, true
		}
		if !clash {
			b.taken.add(all, declaration{"service " + string(service.Desc.FullName()), positionOf(service.Desc)})
			return n
		}
		tried = append(tried, name+" is taken by "+owner.String())
	}
	b.ps.addf(at, "service %s finds no free Go name: %s. Write \"goplugin:service name=N\" above it with an N for which N, UnimplementedN, NGRPCPlugin, NGRPCClient and NGRPCServer are free",
		service.Desc.FullName(), strings.Join(slices.Compact(tried), "; "))
	return serviceNames(candidates[0])
}

// packageNames gives the package-level declarations their names: the plain ones, or all of them with the name of the
// Go package in front.
func (b *packageBuilder) packageNames() {
	b.pkg.Names = packageNames("")
	first, firstOwner, clash := b.taken.firstClash(b.pkg.Names.all())
	if !clash {
		return
	}
	b.pkg.Names = packageNames(exported(b.pkg.Name))
	second, secondOwner, clash := b.taken.firstClash(b.pkg.Names.all())
	if clash {
		b.ps.addf(secondOwner.at, "the package-level glue finds no free names: %s is taken by %s, and %s by %s. Generate it into a package of its own with the option package_suffix=plugin",
			first, firstOwner, second, secondOwner)
	}
}

// chooseKeys gives every service a plugin key of its own. A key that a person asked for comes first. One that is made
// from an interface name gives way to that name itself.
func (b *packageBuilder) chooseKeys() {
	owners := map[string]*Service{}
	var rest []*Service
	for _, service := range b.pkg.Plugins() {
		service.Key = b.ds.service(protoreflect.FullName(service.FullName), &problems{}).plugin.value
		if service.Key == "" {
			rest = append(rest, service)
			continue
		}
		if other, twice := owners[service.Key]; twice {
			b.ps.addf(b.positionOfService(service), "services %s and %s have the same plugin key %q: write another into the directive of one of them",
				other.FullName, service.FullName, service.Key)
		}
		owners[service.Key] = service
	}
	for _, service := range rest {
		service.Key = snake(service.Names.Interface)
		if owners[service.Key] != nil {
			service.Key = service.Names.Interface
		}
		if other, twice := owners[service.Key]; twice {
			b.ps.addf(b.positionOfService(service), "the plugin key %q of service %s is taken by service %s: write \"goplugin:service plugin=KEY\" above one of them",
				service.Key, service.FullName, other.FullName)
		}
		owners[service.Key] = service
	}
}

func (b *packageBuilder) positionOfService(service *Service) Position {
	for _, file := range b.group.files {
		for _, s := range file.Services {
			if string(s.Desc.FullName()) == service.FullName {
				return positionOf(s.Desc)
			}
		}
	}
	return Position{File: service.Source}
}

// sentinels collects the errors that the services of the package declare. Services may share one, if they agree on
// its code.
func (b *packageBuilder) sentinels() {
	declared := map[string]directive{}
	for _, file := range b.group.files {
		for _, service := range file.Services {
			for _, d := range b.ds.service(service.Desc.FullName(), &problems{}).errors {
				b.sentinel(file, service, d, declared)
			}
		}
	}
}

func (b *packageBuilder) sentinel(file *protogen.File, service *protogen.Service, d directive, declared map[string]directive) {
	name, _ := d.get("name")
	codeArg, _ := d.get("code")
	if first, twice := declared[name.value]; twice {
		if firstCode, _ := first.get("code"); firstCode.value != codeArg.value {
			b.ps.addf(d.at, "error %s has the code %s here and %s at %s: one error has one code", name.value, codeArg.value, firstCode.value, first.at)
		}
		return
	}
	declared[name.value] = d
	if owner, clash := b.taken[name.value]; clash {
		b.ps.addf(name.at, "the error name %s is taken by %s: choose another", name.value, owner)
		return
	}
	b.taken.add([]string{name.value}, declaration{"error of service " + string(service.Desc.FullName()), d.at})
	code, err := parseCode(codeArg.value)
	if err != nil {
		return // reported with the directive
	}
	text := strings.TrimPrefix(name.value, "Err")
	if text == "" {
		text = name.value
	}
	domain := string(file.Desc.Package())
	if domain == "" {
		domain = string(file.GoPackageName)
	}
	b.pkg.Sentinels = append(b.pkg.Sentinels, Sentinel{
		Name:   name.value,
		Text:   strings.ToLower(strings.Join(words(text), " ")),
		Code:   code.String(),
		Reason: screamingSnake(text),
		Domain: domain,
	})
}
