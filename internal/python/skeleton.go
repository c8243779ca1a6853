package python

import (
	"strings"
)

// A skeleton is the first version of a plugin's own module.
type skeleton struct {
	Imports  [][]string
	Packages []*skeletonPackage
}

// skeletonPackage is a package of the API, and the name by which the plugin's module imports it.
type skeletonPackage struct {
	Alias    string // kv_v1
	Services []*skeletonService
}

// Implementations returns the arguments of the package's plugin_set.
func (p *skeletonPackage) Implementations() []string {
	var arguments []string
	for _, s := range p.Services {
		arguments = append(arguments, s.Parameter+"="+s.Class+"()")
	}
	return arguments
}

// skeletonService is a service, and the class that implements it.
type skeletonService struct {
	*Service
	Class string
}

// Skeleton returns the first version of a plugin's own module, which stands beside sdk and goplugin: an implementation
// of every service, whose methods are to be written.
func (a *API) Skeleton() (string, error) {
	im, classes := newImports(nil, hidden...), newScope("goplugin")
	im.goplugin()
	s := &skeleton{}
	for _, p := range a.builders {
		s.Packages = append(s.Packages, p.skeleton(im, classes))
	}
	body, err := render("plugin.py.tmpl", s)
	if err != nil {
		return "", err
	}
	im.dropUnused(body)
	s.Imports = im.blocks()
	return render("plugin.py.tmpl", s)
}

// skeleton returns the model of a package's part.
func (b *packageBuilder) skeleton(im *imports, classes scope) *skeletonPackage {
	segments := packageOf(b.pkg.Dir)
	module := segments[len(segments)-1]
	alias := im.alias(segments)
	line := "from " + relative(nil, segments[:len(segments)-1]) + " import " + module
	if alias != module {
		line += " as " + alias
	}
	im.lines = append(im.lines, line)
	p := &skeletonPackage{Alias: alias}
	for i, file := range b.source.Files {
		mb := &moduleBuilder{packageBuilder: b, module: b.pkg.Modules[i], im: im, methods: map[string]bool{}, qualifier: alias + "."}
		for j, declared := range b.pkg.Modules[i].Services {
			service := *declared
			service.Methods = nil
			if !service.Host {
				mb.service(&service, file.Services[j])
				p.Services = append(p.Services, &skeletonService{Service: &service, Class: classes.name(service.Interface)})
			}
		}
	}
	return p
}

// Served says what a plugin of the API serves, for people: "kv.v1.KVService".
func (a *API) Served() string {
	var names []string
	for _, p := range a.Packages {
		for _, s := range p.Plugins() {
			names = append(names, s.FullName)
		}
	}
	return strings.Join(names, ", ")
}
