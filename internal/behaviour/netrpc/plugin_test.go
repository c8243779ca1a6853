package netrpc

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"

	pb "github.com/goplugin-dev/goplugin/internal/behaviour/netrpc/netrpcpb"
)

// servePlugin is the main of the plugin. With TLS set, it has a certificate of its own.
func servePlugin() {
	config := pb.ServeConfig(pb.PluginSet{Work: mortal{}})
	config.GRPCServer = nil
	if os.Getenv("TLS") != "" {
		config.TLSProvider = func() (*tls.Config, error) {
			certificate, _, err := selfSigned()
			return &tls.Config{Certificates: []tls.Certificate{certificate}}, err
		}
	}
	plugin.Serve(config)
}

// mortal kills its own process, as an accident would, where it is to work without a rest. Its rest never ends.
type mortal struct{ pb.UnimplementedWork }

func (mortal) Rest(context.Context) error { select {} }

func (mortal) Copy(_ context.Context, data []byte) ([]byte, error) { return data, nil }

func (mortal) Swap(context.Context, string, string) (a, b string, err error) {
	process, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = process.Kill()
	}
	if err == nil {
		select {}
	}
	return "", "", err
}

// selfSigned returns a certificate, which is the same in every process.
func selfSigned() (tls.Certificate, *x509.Certificate, error) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		DNSNames:     []string{"plugin.test"},
		NotAfter:     time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, parsed, err
}

// The plugin's death ends every call under way at once, and every later one.
func TestPluginDiesInACall(t *testing.T) {
	work, _ := startPlugin(t, func(*plugin.ClientConfig) {})
	var resting sync.WaitGroup
	for range 3 {
		resting.Go(func() { checkLost(t, "Plugin.Rest", work.Rest(t.Context())) })
	}
	_, _, err := work.Swap(t.Context(), "", "")
	checkLost(t, "Plugin.Swap", err)
	resting.Wait()
	_, err = work.Copy(t.Context(), nil)
	checkLost(t, "Plugin.Copy", err)
}

// checkLost checks the error of a call whose plugin is gone: it names the method, and whatever the connection met.
func checkLost(t *testing.T, method string, err error) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), method+": ") {
		t.Errorf("%s: got %v, want the error of a lost connection", method, err)
	}
}

// net/rpc carries large values as well as gRPC, also over TLS.
func TestConnections(t *testing.T) {
	for name, change := range map[string]func(*plugin.ClientConfig){
		"plain":    func(*plugin.ClientConfig) {},
		"AutoMTLS": func(c *plugin.ClientConfig) { c.AutoMTLS = true },
		"TLS":      trustSelfSigned(t),
	} {
		t.Run(name, func(t *testing.T) {
			work, client := startPlugin(t, change)
			sent := bytes.Repeat([]byte("goplugin"), 1<<20)
			got, err := work.Copy(t.Context(), sent)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("got %d bytes, %v, want the %d that were sent", len(got), err, len(sent))
			}
			if _, err := work.Wrap(t.Context(), &pb.WrapRequest{}); !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("a method that is not implemented: got %v, want errors.ErrUnsupported", err)
			}
			client.Kill()
			if !client.Exited() {
				t.Error("the plugin lives after Kill")
			}
		})
	}
}

// trustSelfSigned has the plugin use its certificate, and the host trust that alone.
func trustSelfSigned(t *testing.T) func(*plugin.ClientConfig) {
	t.Helper()
	_, certificate, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	return func(c *plugin.ClientConfig) {
		roots := x509.NewCertPool()
		roots.AddCert(certificate)
		c.Cmd.Env = append(c.Cmd.Env, "TLS=1")
		c.TLSConfig = &tls.Config{RootCAs: roots, ServerName: "plugin.test"}
	}
}
