package inspect

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-plugin"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

func report(t *testing.T, target Target) *Report {
	t.Helper()
	r, err := start(t, target).Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReport(t *testing.T) {
	r := report(t, target(t, "serve"))
	h := r.Handshake
	if h.CoreProtocol != 1 || h.AppProtocol != 1 || h.Protocol != "grpc" || h.TLS != "" || r.Health != "SERVING" || r.StartMilliseconds <= 0 {
		t.Errorf("got %+v and health %s", h, r.Health)
	}
	if !h.AutoMTLS.Supported || h.Multiplexing == nil || !h.Multiplexing.Supported {
		t.Errorf("AutoMTLS %+v, multiplexing %+v: expected both, as go-plugin has them", h.AutoMTLS, h.Multiplexing)
	}
	if len(r.Services) != 1 || r.Services[0].Name != "grpc.testing.TestService" || !slices.Contains(r.OwnServices, "plugin.GRPCController") {
		t.Fatalf("services %+v, own %v", r.Services, r.OwnServices)
	}
	shapes := map[string]string{}
	for _, method := range r.Services[0].Methods {
		shapes[method.Name] = method.Shape + " " + method.Request
	}
	for method, want := range map[string]string{
		"UnaryCall":           "unary grpc.testing.SimpleRequest",
		"StreamingOutputCall": "server stream grpc.testing.StreamingOutputCallRequest",
		"StreamingInputCall":  "client stream grpc.testing.StreamingInputCallRequest",
		"FullDuplexCall":      "bidirectional stream grpc.testing.StreamingOutputCallRequest",
	} {
		if shapes[method] != want {
			t.Errorf("%s is %q, expected %q", method, shapes[method], want)
		}
	}
	want := Field{Name: "response_parameters", JSONName: "responseParameters", Number: 2, Type: "grpc.testing.ResponseParameters", Repeated: true}
	if fields := r.Messages["grpc.testing.StreamingOutputCallRequest"]; !slices.Contains(fields, want) {
		t.Errorf("fields %+v, expected one to be %+v", fields, want)
	}
	if values := r.Enums["grpc.testing.PayloadType"]; !slices.Equal(values, []Value{{"COMPRESSABLE", 0}}) {
		t.Errorf("enum %+v", values)
	}
}

// TestReportOverTLS holds that a connection says that it has TLS.
func TestReportOverTLS(t *testing.T) {
	over := target(t, "serve")
	over.AutoMTLS = true
	if h := report(t, over).Handshake; h.TLS != "TLS 1.3" || !h.AutoMTLS.Supported {
		t.Errorf("got %+v", h)
	}
}

// TestReportWithoutReflection: a plugin in another language may serve no more than a host needs.
func TestReportWithoutReflection(t *testing.T) {
	r := report(t, target(t, "no reflection"))
	if !strings.Contains(r.ReflectionProblem, "no reflection") || r.Health != "UNIMPLEMENTED" || r.Handshake.Network != "tcp" {
		t.Errorf("got %+v", r)
	}
	if f := r.Handshake.AutoMTLS; f.Supported || f.Problem == "" {
		t.Errorf("AutoMTLS %+v, expected none", f)
	}
	if f := r.Handshake.Multiplexing; f == nil || f.Supported || !strings.Contains(f.Problem, "multiplex") {
		t.Errorf("multiplexing %+v, expected none", f)
	}
}

func TestReportOfNetRPC(t *testing.T) {
	r := report(t, target(t, "net/rpc"))
	if r.Handshake.Protocol != "netrpc" || r.Handshake.Multiplexing != nil || r.Health != "" || len(r.Services) != 0 {
		t.Errorf("got %+v", r)
	}
}

// TestVersions holds that a plugin's newest version is taken, unless another was asked for.
func TestVersions(t *testing.T) {
	newest, older := target(t, "versions 2 and 4"), target(t, "versions 2 and 4")
	older.Versions = []int{1, 2, 3}
	declared := target(t, "version 120")
	declared.Cookies[0].Version = 120
	for name, tt := range map[string]struct {
		target Target
		want   int
	}{
		"the newest of the plugin":  {newest, 4},
		"the newest that both know": {older, 2},
		"the one beside the cookie": {declared, 120},
	} {
		if got := start(t, tt.target).NegotiatedVersion(); got != tt.want {
			t.Errorf("%s: got %d, expected %d", name, got, tt.want)
		}
	}
}

// TestCookies holds that the plugin's cookie is found among others, also among others of the same key.
func TestCookies(t *testing.T) {
	several := target(t, "serve")
	several.Cookies = append([]Cookie{{Key: testCookie.Key, Value: "wrong"}, {Key: testCookie.Key, Value: "worse"}}, KnownCookies()...)
	several.Cookies = append(several.Cookies, testCookie)
	if h := report(t, several).Handshake; !h.AutoMTLS.Supported {
		t.Errorf("the further starts had another cookie: %+v", h.AutoMTLS)
	}
}

// TestRefused holds that the diagnosis names what the user of the command can do.
func TestRefused(t *testing.T) {
	none, tried := target(t, "serve"), target(t, "other cookie")
	none.Cookies = nil
	tried.Cookies = append(tried.Cookies, KnownCookies()...)
	explicit := target(t, "version 120")
	explicit.Versions = []int{7}
	plain := target(t, "no reflection")
	plain.AutoMTLS = true
	for name, tt := range map[string]struct {
		target Target
		reason pluginhost.Reason
		want   []string
	}{
		"no cookie":               {none, pluginhost.BadConfig, []string{"no magic cookie"}},
		"one cookie":              {target(t, "other cookie"), pluginhost.WrongCookie, []string{"INSPECT_TEST_PLUGIN=5f1c", "--cookie KEY=VALUE"}},
		"several cookies":         {tried, pluginhost.WrongCookie, []string{"none of the 9 magic cookies", "TF_PLUGIN_MAGIC_COOKIE", "--cookie KEY=VALUE"}},
		"a version never offered": {target(t, "version 120"), pluginhost.VersionMismatch, []string{"version 120, and was offered 0 to 99", "--protocol-version N"}},
		"another version":         {explicit, pluginhost.VersionMismatch, []string{"version 120, and this host 7", "--protocol-version N"}},
		"no TLS":                  {plain, pluginhost.ProtocolMismatch, []string{"leave out --tls"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tt.target.Start(t.Context())
			if problem := ProblemOf(err); problem.Reason != tt.reason || problem.Message == "" {
				t.Errorf("the reason is %q, expected %q: %v", problem.Reason, tt.reason, err)
			}
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, expected it to say %q", err, want)
				}
			}
		})
	}
}

// TestOwnServices holds the names of go-plugin's services against the plugin's answer.
func TestOwnServices(t *testing.T) {
	services, err := start(t, target(t, "serve")).services()
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range services {
		if !isOwn(service.FullName()) && service.FullName() != "grpc.testing.TestService" {
			t.Errorf("%s counts as the application's", service.FullName())
		}
	}
	if plugin.CoreProtocolVersion != 1 {
		t.Error("go-plugin has a new protocol of its own: look what is new in its handshake")
	}
}
