package gen

import (
	"go/token"
	"testing"
)

func TestWords(t *testing.T) {
	tests := map[string]struct{ in, snake, lowerCamel, exported string }{
		"one word":              {"greeter", "greeter", "greeter", "Greeter"},
		"camel case":            {"GreeterService", "greeter_service", "greeterService", "GreeterService"},
		"snake case":            {"user_name", "user_name", "userName", "UserName"},
		"initialism in front":   {"HTTPServer", "http_server", "httpServer", "HTTPServer"},
		"initialism at the end": {"user_id", "user_id", "userID", "UserId"},
		"initialism alone":      {"URL", "url", "url", "URL"},
		"upper snake case":      {"NOT_FOUND", "not_found", "notFound", "NOTFOUND"},
		"digits":                {"base_url_2", "base_url_2", "baseURL2", "BaseUrl2"},
		"digit in front":        {"_1", "1", "x1", "X1"},
		"underscores around":    {"__user__id__", "user_id", "userID", "UserId"},
		"only underscores":      {"__", "", "x", "X"},
		"keyword":               {"type", "type", "type", "Type"},
		"dots and hyphens":      {"acme.kv-store", "acme_kv_store", "acmeKvStore", "AcmeKvStore"},
		"one capital":           {"A", "a", "a", "A"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := snake(test.in); got != test.snake {
				t.Errorf("snake(%q) = %q, want %q", test.in, got, test.snake)
			}
			if got := lowerCamel(test.in); got != test.lowerCamel {
				t.Errorf("lowerCamel(%q) = %q, want %q", test.in, got, test.lowerCamel)
			}
			if got := exported(test.in); got != test.exported {
				t.Errorf("exported(%q) = %q, want %q", test.in, got, test.exported)
			}
		})
	}
}

func TestExportedOffersOnlyWhatADirectiveTakes(t *testing.T) {
	for _, value := range []string{"", "a b", "1x", "größe", "名", "a-b!", "_", "type", "ñ", "x=y"} {
		if offered := exported(value); !token.IsIdentifier(offered) || !token.IsExported(offered) {
			t.Errorf("exported(%q) = %q, which is no exported identifier", value, offered)
		}
	}
}
