package gen

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A fileGroup is the files to generate that make up one Go package: one import path, one directory.
type fileGroup struct {
	importPath protogen.GoImportPath
	dir        string
	files      []*protogen.File // those with services, by path
}

// groupFiles returns the Go packages of a run that have services, in the order of their directories.
func groupFiles(plugin *protogen.Plugin, ds directives, ps *problems) []*fileGroup {
	type key struct {
		importPath protogen.GoImportPath
		dir        string
	}
	groups := map[key]*fileGroup{}
	var list []*fileGroup
	for _, file := range plugin.Files {
		if !file.Generate {
			continue
		}
		k := key{file.GoImportPath, path.Dir(file.GeneratedFilenamePrefix)}
		if !slices.ContainsFunc(file.Services, func(s *protogen.Service) bool { return !ds.service(s.Desc.FullName(), &problems{}).skip }) {
			checkSkipped(file, ds, ps)
			continue
		}
		if groups[k] == nil {
			groups[k] = &fileGroup{importPath: k.importPath, dir: k.dir}
			list = append(list, groups[k])
		}
		groups[k].files = append(groups[k].files, file)
	}
	slices.SortFunc(list, func(a, b *fileGroup) int {
		return cmp.Or(strings.Compare(a.dir, b.dir), strings.Compare(string(a.importPath), string(b.importPath)))
	})
	for _, g := range list {
		slices.SortFunc(g.files, func(a, b *protogen.File) int { return strings.Compare(a.Desc.Path(), b.Desc.Path()) })
	}
	return list
}

// runFiles are all files of a run, those to generate and those that they import.
type runFiles struct {
	byImportPath map[string][]*protogen.File
	names        map[string]string // package names by import path
	written      map[string]bool   // what protoc-gen-go writes
}

func newRunFiles(plugin *protogen.Plugin) runFiles {
	all := runFiles{byImportPath: map[string][]*protogen.File{}, names: map[string]string{}, written: map[string]bool{}}
	for _, file := range plugin.Files {
		importPath := string(file.GoImportPath)
		all.byImportPath[importPath] = append(all.byImportPath[importPath], file)
		all.names[importPath] = string(file.GoPackageName)
		all.written[file.GeneratedFilenamePrefix+".pb.go"] = true
	}
	return all
}

// A packageBuilder makes the model of one Go package.
type packageBuilder struct {
	all     runFiles
	group   *fileGroup
	options Options
	ds      directives
	ps      *problems
	pkg     *Package
	taken   taken
	names   map[protoreflect.FullName]ServiceNames
	used    map[protoreflect.FullName]bool // the callback fields that an rpc passes, of the whole run
}

func newPackageBuilder(all runFiles, group *fileGroup, options Options, ds directives, used map[protoreflect.FullName]bool, ps *problems) *packageBuilder {
	b := &packageBuilder{
		all: all, group: group, options: options, ds: ds, used: used, ps: ps,
		pkg: &Package{
			Name: string(group.files[0].GoPackageName), ImportPath: string(group.importPath),
			GRPC: options.Transport.grpc(), NetRPC: options.Transport.netRPC(),
		},
		taken: taken{},
	}
	if options.PackageSuffix != "" {
		of := b.pkg.Name
		b.pkg.Name += options.PackageSuffix
		b.pkg.ImportPath += "/" + b.pkg.Name
		b.pkg.Doc = "Package " + b.pkg.Name + " is the go-plugin glue of package " + of + "."
	}
	for _, file := range all.byImportPath[b.pkg.ImportPath] {
		b.taken.addFile(file)
	}
	return b
}

func (b *packageBuilder) build(version string) *Package {
	b.pkg.Filename = b.filename("goplugin")
	b.pkg.Version = version
	b.pkg.Handshake = b.handshake()
	b.names = b.chooseNames()
	for _, file := range b.group.files {
		b.pkg.Sources = append(b.pkg.Sources, file.Desc.Path())
		f := b.file(file)
		b.pkg.Files = append(b.pkg.Files, f)
		b.pkg.Services = append(b.pkg.Services, f.Services...)
	}
	b.sentinels()
	b.packageNames()
	b.chooseKeys()
	b.pkg.Imports = b.sharedImports()
	return b.pkg
}

// filename returns the name of a generated file, relative to the output directory. Where protoc-gen-go writes one of
// that name, such as that of a goplugin.proto, underscores set ours apart.
func (b *packageBuilder) filename(base string) string {
	dir := b.group.dir
	if b.options.PackageSuffix != "" {
		dir = path.Join(dir, b.pkg.Name)
	}
	name := path.Join(dir, base)
	for b.all.written[name+".pb.go"] {
		name += "_"
	}
	return name + ".pb.go"
}

// handshake returns the handshake of the package: that of the proto package, of the first in alphabetical order
// where files of several share one Go package, or of the Go package's name where there is none.
func (b *packageBuilder) handshake() Handshake {
	var packages []protoreflect.FullName
	for _, file := range b.group.files {
		packages = append(packages, file.Desc.Package())
	}
	slices.Sort(packages)
	packages = slices.Compact(packages)
	name := string(packages[0])
	if name == "" {
		name = string(b.group.files[0].GoPackageName)
	}
	h := b.ds.handshake(packages[0], defaultHandshake(name), b.ps)
	for _, other := range packages[1:] {
		for _, d := range b.ds[other] {
			b.ps.addf(d.at, "the Go package %s takes its handshake from the proto package %q: put the directive there", b.group.importPath, packages[0])
		}
	}
	return h
}

// file returns the model of one .proto file.
func (b *packageBuilder) file(file *protogen.File) *File {
	im := newImports(protogen.GoImportPath(b.pkg.ImportPath), func(path string) string { return b.all.names[path] })
	needs := b.needsOf(file)
	for path, needed := range map[string]bool{
		grpcPath: b.pkg.GRPC, rpcPath: b.pkg.NetRPC, contextPath: needs.context, pluginPath: needs.plugin, iterPath: needs.iter, ioPath: needs.io,
	} {
		if needed {
			im.name(path)
		}
	}
	b.pkg.Helpers.Streams = b.pkg.Helpers.Streams || needs.iter || needs.io
	b.pkg.Helpers.Bytes = b.pkg.Helpers.Bytes || needs.io
	f := &File{
		Package:  b.pkg,
		Filename: b.filename(path.Base(file.GeneratedFilenamePrefix) + "_goplugin"),
		Source:   file.Desc.Path(),
	}
	mb := &methodBuilder{packageBuilder: b, fields: fieldBuilder{im, &b.pkg.Helpers}}
	for _, service := range file.Services {
		if n, ok := b.names[service.Desc.FullName()]; ok {
			f.Services = append(f.Services, mb.service(service, n))
		}
	}
	mb.nameAll()
	f.Imports = im.list()
	return f
}

// needs says which packages the glue of a file imports. Their names are taken before any other.
type needs struct{ context, plugin, iter, io bool }

// needsOf looks at what a file generates. A service that is only called back has no plugin, and may have no method.
func (b *packageBuilder) needsOf(file *protogen.File) needs {
	var n needs
	for _, service := range file.Services {
		settings := b.ds.service(service.Desc.FullName(), &problems{})
		if settings.skip {
			continue
		}
		if !settings.host {
			n.context, n.plugin = true, true
		}
		n.plugin = n.plugin || b.needsBroker(service)
		for _, method := range service.Methods {
			if ms := b.ds.method(method.Desc.FullName(), &problems{}); !ms.skip {
				stream := shapeOf(method.Desc) != Unary
				n.context = true
				n.iter = n.iter || stream && !ms.bytes()
				n.io = n.io || stream && ms.bytes()
			}
		}
	}
	return n
}

// sharedImports returns the imports of the package's own file.
func (b *packageBuilder) sharedImports() []Import {
	im := newImports("", func(string) string { return "" })
	for _, path := range []string{contextPath, "errors", "fmt", "os", "os/exec", "runtime/debug", "strings", pluginPath} {
		im.name(path)
	}
	h := b.pkg.Helpers
	for path, needed := range map[string]bool{
		"math":           b.pkg.GRPC,
		"net":            b.pkg.GRPC,
		"runtime":        b.pkg.GRPC,
		runnerPath:       b.pkg.GRPC,
		bufconnPath:      b.pkg.GRPC,
		connectivityPath: h.Callbacks,
		grpcPath:         b.pkg.GRPC,
		codesPath:        b.pkg.GRPC,
		statusPath:       b.pkg.GRPC,
		protoPath:        b.pkg.GRPC || h.Messages,
		rpcPath:          b.pkg.NetRPC,
		"time":           h.ToTime || h.ToDuration || h.FromTime || h.FromDuration,
		ioPath:           b.pkg.GRPC,
		"sync/atomic":    h.Callbacks || h.Bytes,
		iterPath:         h.Streams,
		emptyPath:        h.Empty,
		timestampPath:    h.ToTime || h.FromTime,
		durationPath:     h.ToDuration || h.FromDuration,
		errdetailsPath:   len(b.pkg.Sentinels) > 0,
	} {
		if needed {
			im.name(path)
		}
	}
	return im.list()
}
