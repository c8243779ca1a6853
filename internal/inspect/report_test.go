package inspect

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

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
	if f := r.Handshake.Multiplexing; f == nil || f.Supported || !strings.Contains(f.Problem, "handshake") {
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
	r := report(t, several)
	if !r.Handshake.AutoMTLS.Supported {
		t.Errorf("the further starts had another cookie: %+v", r.Handshake.AutoMTLS)
	}
	if r.Cookie == nil || *r.Cookie != testCookie || r.CookieIgnored {
		t.Errorf("the cookie is %+v, expected %+v", r.Cookie, testCookie)
	}
}

// TestWhichCookie holds that of several cookies for one start, the right one is told, wherever it stands.
func TestWhichCookie(t *testing.T) {
	others := KnownCookies()[:4]
	for at := range len(others) + 1 {
		several := target(t, "serve")
		several.Cookies = slices.Insert(slices.Clone(others), at, testCookie)
		if r := report(t, several); r.Cookie == nil || *r.Cookie != testCookie {
			t.Errorf("at %d: the cookie is %+v, expected %+v", at, r.Cookie, testCookie)
		}
	}
	unchecked := target(t, "no reflection")
	unchecked.Cookies = others
	if r := report(t, unchecked); r.Cookie != nil || !r.CookieIgnored {
		t.Errorf("got %+v, expected that the plugin looks at no cookie", r.Cookie)
	}
}

// TestTLSAlone: a plugin may serve no host without TLS.
func TestTLSAlone(t *testing.T) {
	r := report(t, target(t, "TLS alone"))
	if h := r.Handshake; h.TLS != "TLS 1.3" || !h.TLSRequired || !h.AutoMTLS.Supported || len(r.Services) != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestNoAnswer holds that a plugin that does not answer holds up nobody.
func TestNoAnswer(t *testing.T) {
	silent := target(t, "deaf")
	silent.Timeout = 50 * time.Millisecond
	p := start(t, silent)
	r, err := p.Report(t.Context())
	if err != nil || r.Health != "DEADLINE_EXCEEDED" || !strings.Contains(r.ReflectionProblem, "did not answer within 50ms: give it more time with --timeout") {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, err := p.Method("TestService/UnaryCall"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, expected a passed deadline", err)
	}
}

// TestUndescribedService: what a plugin registers need not have a descriptor, and the other services do not suffer.
func TestUndescribedService(t *testing.T) {
	p := start(t, target(t, "undescribed service"))
	r, err := p.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Services) != 2 || r.Services[0].Problem != "" || r.Services[1].Name != "lost.v1.Lost" || r.Services[1].Problem == "" {
		t.Errorf("got %+v", r.Services)
	}
	if _, err := p.Method("TestService/UnaryCall"); err != nil {
		t.Error(err)
	}
	if _, err := p.Method("Lost/Find"); err == nil || !strings.Contains(err.Error(), "the methods of service lost.v1.Lost are not known") {
		t.Errorf("got %v", err)
	}
}

// TestBuild holds what is read from an executable in Go, here a test binary, which does not name its modules; and that
// others have nothing to read.
func TestBuild(t *testing.T) {
	b := report(t, target(t, "serve")).Build
	if b == nil || b.Module != "github.com/goplugin-dev/goplugin" || !strings.HasPrefix(b.Go, "go1.") || b.withoutGoPlugin() {
		t.Errorf("got %+v", b)
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	if b := buildOf(shell); b != nil || b.withoutGoPlugin() {
		t.Errorf("a shell was built from %+v", b)
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
		"several cookies":         {tried, pluginhost.WrongCookie, []string{"none of the magic cookies that were tried: INSPECT_TEST_PLUGIN, those of Argo Rollouts, Botkube", "--project DIR", "--cookie KEY=VALUE"}},
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
		if !isOwn(service.name) && service.name != "grpc.testing.TestService" {
			t.Errorf("%s counts as the application's", service.name)
		}
	}
	if plugin.CoreProtocolVersion != 1 {
		t.Error("go-plugin has a new protocol of its own: look what is new in its handshake")
	}
}
