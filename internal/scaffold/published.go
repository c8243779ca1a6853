package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"google.golang.org/protobuf/types/descriptorpb"
)

// A publishedModule is a Go module that others generated from .proto files which many APIs import. A program that holds
// such a file twice, because an SDK has it generated once more, ends at its start.
type publishedModule struct {
	module.Version
	sum, modSum string          // of go.sum
	needs       *module.Version // another of these modules
}

// publishedModules returns the modules that a new project may need, at the versions that it gets. Of their versions and
// sums "go mod tidy" says what is wrong; TestScripts runs it.
func publishedModules() []publishedModule {
	api := module.Version{Path: "google.golang.org/genproto/googleapis/api", Version: "v0.0.0-20261026165753-2ffab32bce7e"}
	return []publishedModule{
		{api, "h1:e789sLZjeTdc02ZCQGTSzHOu0fR73+dwPQVKUp67Z88=", "h1:vHV3wJM9WZyfV7GyB+OQGq5dWVrFwCDxapPK4WlRD88=", nil},
		{module.Version{Path: "google.golang.org/genproto", Version: "v0.0.0-20261026165753-2ffab32bce7e"},
			"h1:zuDtZCGOny/OoQTOrQuC4MP9IeL/fMEfA8/6pZfW7T4=", "h1:urf0D1njFRQL4Hy45UZb7H6azkzBlHOZj9mumBat/kc=", nil},
		{module.Version{Path: "google.golang.org/genproto/googleapis/bytestream", Version: "v0.0.0-20261005182115-fad411399dd8"},
			"h1:D9o2CIOdW6J5Hzv0bI/Ixa9Orp1TmGph2S7wNjvSt4I=", "h1:RoCpRfcA27uTJ0TZb3Vyad8eLVakUKdLdV2yMdlm2+w=", nil},
		{module.Version{Path: "cloud.google.com/go/longrunning", Version: "v1.5.0"},
			"h1:aGonu6LHQl38DyozLs2jxGieI4Ixk+7GTnmHVcHt8zA=", "h1:vjM1U85ZQuTv8lJoUBSA44HLWvM6BBFeaSJYGFF1Q00=", &api},
		{module.Version{Path: "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go", Version: "v1.36.12-20260825204119-511051f7f437.2"},
			"h1:NbnlmV26O7oZ1iM5tsCI+GEx+3ZSdrhvnKQ/eWSrLiY=", "h1:TCt1lluMFnctISJXvkIQ4x3ABrPuUKCWKyjKdkJNBpw=", nil},
		{module.Version{Path: "github.com/envoyproxy/protoc-gen-validate", Version: "v1.3.3"},
			"h1:MVQghNeW+LZcmXe7SY1V36Z+WFMDjpqGAGacLe2T0ds=", "h1:TsndJ/ngyIdQRhMcVVGDDHINPLWB7C82oDArY51KfB0=", nil},
		{module.Version{Path: "github.com/grpc-ecosystem/grpc-gateway/v2", Version: "v2.33.0"},
			"h1:5T5Ns3kMpWr+z3s5ZA0e7ljVyWNVNxK76sHPAxi5D1k=", "h1:oWNYw09cH8wl8fFgC5hKlBLxR4XfKy2KQpP8MJjeCcc=", nil},
		{Version: module.Version{Path: "google.golang.org/genproto/googleapis/rpc"}}, // which every project requires
	}
}

// isPublished reports whether the Go code of a .proto file is in a published module.
func isPublished(file *descriptorpb.FileDescriptorProto) bool {
	pkg, _, _ := strings.Cut(file.GetOptions().GetGoPackage(), ";")
	return slices.ContainsFunc(publishedModules(), func(m publishedModule) bool { return holds(m.Path, pkg) })
}

// holds reports whether a module may hold a package.
func holds(module, pkg string) bool { return pkg == module || strings.HasPrefix(pkg, module+"/") }

// requiredPublished returns the published modules of imported packages, and those that these need, beyond what every project
// requires.
func requiredPublished(imports []string) []publishedModule {
	needed := map[string]bool{}
	for _, imported := range imports {
		longest := publishedModule{}
		for _, m := range publishedModules() {
			if holds(m.Path, imported) && len(m.Path) > len(longest.Path) {
				longest = m
			}
		}
		needed[longest.Path] = true
		if longest.needs != nil {
			needed[longest.needs.Path] = true
		}
	}
	return slices.DeleteFunc(publishedModules(), func(m publishedModule) bool { return !needed[m.Path] || m.sum == "" })
}

// withSums returns a go.sum that has the sums of modules, too, in the order of "go mod tidy".
func withSums(content []byte, modules []publishedModule) []byte {
	if len(modules) == 0 {
		return content
	}
	lines := map[module.Version]string{}
	for line := range strings.Lines(string(content)) {
		if fields := strings.Fields(line); len(fields) == 3 {
			lines[module.Version{Path: fields[0], Version: fields[1]}] = fields[2]
		}
	}
	for _, m := range modules {
		lines[m.Version] = m.sum
		lines[module.Version{Path: m.Path, Version: m.Version.Version + "/go.mod"}] = m.modSum
	}
	var versions []module.Version
	for v := range lines {
		versions = append(versions, v)
	}
	module.Sort(versions)
	var sums strings.Builder
	for _, v := range versions {
		fmt.Fprintf(&sums, "%s %s %s\n", v.Path, v.Version, lines[v])
	}
	return []byte(sums.String())
}
