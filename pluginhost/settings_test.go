//go:build linux

package pluginhost

import (
	"crypto/tls"
	"os/exec"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
)

// Where plugins listen on TCP, TLS is the default: anybody on the machine can connect.
func TestTLSByDefaultOverTCP(t *testing.T) {
	overTCP := func(s *settings) { s.tcp = true }
	overSocket := func(s *settings) { s.tcp = false }
	tests := map[string]struct {
		options []Option
		change  func(*plugin.ClientConfig)
		want    bool
	}{
		"TCP":                            {options: []Option{overTCP}, want: true},
		"Unix socket":                    {options: []Option{overSocket}, want: false},
		"Unix socket with AutoMTLS":      {options: []Option{overSocket}, change: func(c *plugin.ClientConfig) { c.AutoMTLS = true }, want: true},
		"TCP without TLS":                {options: []Option{overTCP, WithoutTLS()}, want: false},
		"TCP with AutoMTLS all the same": {options: []Option{overTCP, WithoutTLS()}, change: func(c *plugin.ClientConfig) { c.AutoMTLS = true }, want: true},
		"TCP with TLS of the host's own": {options: []Option{overTCP}, change: func(c *plugin.ClientConfig) { c.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS13} }, want: false},
		"a runner of the host's own": {options: []Option{overTCP}, change: func(c *plugin.ClientConfig) {
			c.RunnerFunc = func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) { return nil, nil }
		}, want: false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			config, command := quietConfig(), exec.Command("plugin")
			if test.change != nil {
				test.change(config)
			}
			if config.RunnerFunc != nil {
				command = nil
			}
			s, err := newSettings(config, command, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.pinned != nil; got != test.want {
				t.Errorf("TLS: %v, want %v", got, test.want)
			}
		})
	}
}

// A plugin that knows AutoMTLS starts with the TLS that is the default over TCP.
func TestStartOverTCPDefault(t *testing.T) {
	s := newStage(t)
	p, err := Start(t.Context(), s.config(), s.command("serve"), func(s *settings) { s.tcp = true })
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
