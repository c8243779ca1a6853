package gen

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The cookies are frozen: hosts and plugins that were built years apart must agree on them.
func TestDefaultHandshakeByPackage(t *testing.T) {
	const (
		greeter   = "5efc5638-b4e8-553f-9dcc-2b89628c59da"
		shortener = "d081a353-6b3e-50c6-9635-7cc29acfb886"
	)
	tests := map[string]Handshake{
		"greeter":                      {1, "GREETER_PLUGIN", greeter},
		"greeter.v1":                   {1, "GREETER_PLUGIN", greeter},
		"greeter.v2":                   {2, "GREETER_PLUGIN", greeter},
		"greeter.v1beta1":              {1, "GREETER_PLUGIN", greeter},
		"greeter.v12p3alpha":           {12, "GREETER_PLUGIN", greeter},
		"greeter.v2test":               {2, "GREETER_PLUGIN", greeter},
		"acme.URLShortener.v3p1alpha2": {3, "ACME_URL_SHORTENER_PLUGIN", shortener},
		"acme.URLShortener":            {1, "ACME_URL_SHORTENER_PLUGIN", shortener},
		"acme.kv":                      {1, "ACME_KV_PLUGIN", "94e20a48-4429-5daa-8abe-05470e0fd301"},
		"v1":                           {1, "V1_PLUGIN", "34feeebd-c852-5f9e-b48b-04a8199ae32b"},
	}
	for protoPackage, want := range tests {
		t.Run(protoPackage, func(t *testing.T) {
			if diff := cmp.Diff(want, defaultHandshake(protoPackage)); diff != "" {
				t.Errorf("handshake differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSplitVersionLeavesOtherSuffixes(t *testing.T) {
	for _, protoPackage := range []string{"a.version1", "a.v", "a.v1x", "a.vv1", "a.V1", "a.v1.b", "a.v99999999999"} {
		if name, version := splitVersion(protoPackage); name != protoPackage || version != 1 {
			t.Errorf("splitVersion(%q) = %q, %d, want the whole name and 1", protoPackage, name, version)
		}
	}
}
