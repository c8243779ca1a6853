package inspect

import (
	"fmt"
	"slices"
	"strings"
)

// A Cookie is the magic cookie of an application: an environment variable by which its plugins know that a host of theirs
// started them. It is no secret.
type Cookie struct {
	Key         string `json:"key"`
	Value       string `json:"value"`
	Version     int    `json:"-"`                     // the ProtocolVersion that stands beside it; 0 if there is none
	Application string `json:"application,omitempty"` // whose it is, where many know it
	Env         string `json:"-"`                     // KEY=VALUE of a further variable, without which its plugins do not start
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
		{Application: "go-plugin's examples", Key: "BASIC_PLUGIN", Value: "hello"},
		// github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server, tfprotov6/tf6server
		{Application: "Terraform", Key: "TF_PLUGIN_MAGIC_COOKIE", Value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"},
		// github.com/hashicorp/vault/sdk/plugin and sdk/database/dbplugin; the variable is that of sdk/helper/pluginutil,
		// without which a plugin asks a Vault for its certificates
		{Application: "Vault", Key: "VAULT_BACKEND_PLUGIN", Value: "6669da05-b1c8-4f49-97d9-c8e5bed98e20", Env: "VAULT_PLUGIN_AUTOMTLS_ENABLED=true"},
		{Application: "Vault", Key: "VAULT_DATABASE_PLUGIN", Value: "926a0820-aea2-be28-51d6-83cdf00e8edb", Env: "VAULT_PLUGIN_AUTOMTLS_ENABLED=true"},
		// github.com/hashicorp/nomad/plugins/base
		{Application: "Nomad", Key: "NOMAD_PLUGIN_MAGIC_COOKIE", Value: "e4327c2e01eabfd75a8a67adb114fb34a757d57eee7728d857a8cec6e91a7255"},
		// github.com/hashicorp/waypoint-plugin-sdk/internal/plugin
		{Application: "Waypoint", Key: "WAYPOINT_PLUGIN", Value: "be6c1928786a4df0222c13eef44ac846da2c0d461d99addc93f804601c6b7205"},
		// github.com/terraform-linters/tflint-plugin-sdk/plugin
		{Application: "TFLint", Key: "TFLINT_RULESET_PLUGIN", Value: "5adSn1bX8nrDfgBqiAqqEkC6OE1h3iD8SqbMc5UUONx8x3xCF0KlPDsBRNDjoYDP"},
		// github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin
		{Application: "Grafana", Key: "grafana_plugin_type", Value: "datasource"},
		// github.com/vmware-tanzu/velero/pkg/plugin/framework
		{Application: "Velero", Key: "VELERO_PLUGIN", Value: "hello"},
		// github.com/turbot/steampipe-plugin-sdk/grpc/shared
		{Application: "Steampipe", Key: "MANTIX_PLUGIN_MAGIC_COOKIE", Value: "really-complex-permanent-string-value"},
		// github.com/mattermost/mattermost/server/public/plugin
		{Application: "Mattermost", Key: "MATTERMOST_PLUGIN", Value: "Securely message teams, anywhere."},
		// github.com/argoproj/argo-rollouts: metricproviders/plugin, rollout/trafficrouting/plugin, rollout/steps/plugin
		{Application: "Argo Rollouts", Key: "ARGO_ROLLOUTS_RPC_PLUGIN", Value: "metricprovider"},
		{Application: "Argo Rollouts", Key: "ARGO_ROLLOUTS_RPC_PLUGIN", Value: "trafficrouter"},
		{Application: "Argo Rollouts", Key: "ARGO_ROLLOUTS_RPC_PLUGIN", Value: "step"},
		// github.com/kubeshop/botkube/pkg/api
		{Application: "Botkube", Key: "BOTKUBE", Value: "52ca7b74-28eb-4fac-ae79-31a9cbda2454"},
	}
}

// rounds groups cookies into those that one start can try: each key is a variable, which has one value. Earlier cookies
// come in earlier rounds. What is known about a cookie is added.
func rounds(cookies []Cookie) [][]Cookie {
	grouped := make([][]Cookie, 1) // a start without a cookie says what is missing
	known := KnownCookies()
	for _, cookie := range cookies {
		at := slices.IndexFunc(known, func(k Cookie) bool { return k.Key == cookie.Key && k.Value == cookie.Value })
		if at >= 0 {
			cookie.Application, cookie.Env = known[at].Application, known[at].Env
		}
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
