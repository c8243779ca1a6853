package inspect

import (
	"fmt"
	"slices"
	"strings"
)

// A Cookie is the magic cookie of an application: an environment variable by which its plugins know that a host of theirs
// started them. It is no secret.
type Cookie struct {
	Key, Value string
	Version    int // the ProtocolVersion that stands beside it; 0 if there is none
}

// ParseCookie reads KEY=VALUE.
func ParseCookie(text string) (Cookie, error) {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" || value == "" {
		return Cookie{}, fmt.Errorf("magic cookie %q: expected KEY=VALUE, such as BASIC_PLUGIN=hello", text)
	}
	return Cookie{Key: key, Value: value}, nil
}

// KnownCookies returns the magic cookies of applications that many plugins are for, as their public sources have them.
func KnownCookies() []Cookie {
	return []Cookie{
		// github.com/hashicorp/go-plugin, all examples; and whoever copied them
		{Key: "BASIC_PLUGIN", Value: "hello"},
		// github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server, tfprotov6/tf6server
		{Key: "TF_PLUGIN_MAGIC_COOKIE", Value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"},
		// github.com/hashicorp/vault/sdk/plugin and sdk/database/dbplugin
		{Key: "VAULT_BACKEND_PLUGIN", Value: "6669da05-b1c8-4f49-97d9-c8e5bed98e20"},
		{Key: "VAULT_DATABASE_PLUGIN", Value: "926a0820-aea2-be28-51d6-83cdf00e8edb"},
		// github.com/hashicorp/nomad/plugins/base
		{Key: "NOMAD_PLUGIN_MAGIC_COOKIE", Value: "e4327c2e01eabfd75a8a67adb114fb34a757d57eee7728d857a8cec6e91a7255"},
		// github.com/terraform-linters/tflint-plugin-sdk/plugin
		{Key: "TFLINT_RULESET_PLUGIN", Value: "5adSn1bX8nrDfgBqiAqqEkC6OE1h3iD8SqbMc5UUONx8x3xCF0KlPDsBRNDjoYDP"},
		// github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin
		{Key: "grafana_plugin_type", Value: "datasource"},
		// github.com/vmware-tanzu/velero/pkg/plugin/framework
		{Key: "VELERO_PLUGIN", Value: "hello"},
	}
}

// rounds groups cookies into those that one start can try: each key is a variable, which has one value. Earlier cookies
// come in earlier rounds.
func rounds(cookies []Cookie) [][]Cookie {
	grouped := make([][]Cookie, 1) // a start without a cookie says what is missing
	for _, cookie := range cookies {
		grouped = place(grouped, cookie)
	}
	return grouped
}

// place puts a cookie in the first group without its key, unless a group has it.
func place(grouped [][]Cookie, cookie Cookie) [][]Cookie {
	for i, group := range grouped {
		at := slices.IndexFunc(group, func(c Cookie) bool { return c.Key == cookie.Key })
		if at < 0 {
			grouped[i] = append(group, cookie)
			return grouped
		}
		if group[at].Value == cookie.Value {
			return grouped
		}
	}
	return append(grouped, []Cookie{cookie})
}
