package scaffold

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Files are found under the names that imports have for them, wherever they are named from.
func TestFindAPI(t *testing.T) {
	root := t.TempDir()
	service := "syntax = \"proto3\";\nservice S { rpc Do(M) returns (M); }\nmessage M {}\n"
	writeTree(t, root, map[string]string{
		"api/acme/kv/v1/kv.proto":     "syntax = \"proto3\";\npackage acme.kv.v1;\nimport \"acme/types.proto\";\n" + strings.SplitN(service, "\n", 2)[1],
		"api/acme/kv/v1/plain.proto":  "syntax = \"proto3\";\npackage acme.kv.v1;\nservice P {}\n",
		"api/acme/types.proto":        "syntax = \"proto3\";\npackage acme;\nimport \"google/protobuf/any.proto\";\n",
		"api/.hidden/other.proto":     service,
		"odd/proto/user.proto":        "syntax = \"proto3\";\npackage user;\nimport \"proto/common.proto\";\n" + strings.SplitN(service, "\n", 2)[1],
		"odd/proto/common.proto":      "syntax = \"proto3\";\n",
		"odd/proto/more.proto":        "syntax = \"proto3\";\nimport \"else/where.proto\";\nimport \"proto/common.proto\";\nservice More {}\n",
		"one/kv/kv.proto":             "syntax = \"proto3\";\npackage kv;\nservice KV {}\n",
		"flat/one.proto":              service,
		"flat/deep/two.proto":         "syntax = \"proto3\";\nimport \"one.proto\";\nservice Two {}\n",
		"broken/broken.proto":         "syntax = \"proto3\";\nimport \"gone.proto\";\nmessage {}\n",
		"messages/only/message.proto": "syntax = \"proto3\";\nmessage Only {}\n",
	})
	t.Chdir(root)
	for name, test := range map[string]struct {
		protos, dirs []string
		want         string // names in imports, or what the error says
	}{
		"in the directory of its package": {[]string{"api/acme/kv/v1/kv.proto"}, nil, "acme/kv/v1/kv.proto"},
		"without imports":                 {[]string{"api/acme/kv/v1/plain.proto"}, nil, "acme/kv/v1/plain.proto"},
		"a directory":                     {[]string{"api"}, nil, "acme/kv/v1/kv.proto acme/kv/v1/plain.proto"},
		"a directory below the root":      {[]string{"api/acme/kv"}, nil, "acme/kv/v1/kv.proto acme/kv/v1/plain.proto"},
		"a directory and its root":        {[]string{"api/acme"}, []string{"api"}, "acme/kv/v1/kv.proto acme/kv/v1/plain.proto"},
		"imports say where":               {[]string{"odd/proto/user.proto"}, nil, "proto/user.proto"},
		"in several directories":          {[]string{"flat/deep/two.proto", "flat/one.proto"}, nil, "deep/two.proto one.proto"},
		"of a package of one word":        {[]string{"one/kv/kv.proto"}, nil, "kv.proto"},
		"with an import from elsewhere":   {[]string{"odd/proto/more.proto"}, nil, "proto/more.proto"},
		"absolute":                        {[]string{filepath.Join(root, "flat", "one.proto")}, nil, "one.proto"},
		"with mistakes":                   {[]string{"broken"}, nil, "broken.proto"},
		"a directory without services":    {[]string{"messages"}, nil, "--proto messages: expected a .proto file that declares a service, found 1 .proto files without one"},
		"nothing there":                   {[]string{"gone"}, nil, "--proto gone: "},
	} {
		t.Run(name, func(t *testing.T) {
			api, err := FindAPI(test.protos, test.dirs)
			if err != nil {
				if !strings.HasPrefix(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
				return
			}
			if got := strings.Join(slices.Sorted(slices.Values(api.Files)), " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
