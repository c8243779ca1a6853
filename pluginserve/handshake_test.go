package pluginserve_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

// hostCertificate is what a host with AutoMTLS sets, in PEM.
func hostCertificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TestHandshakeLine holds the fields that hosts read. One of before brokers were multiplexed takes what follows the
// fifth "|" as the certificate.
func TestHandshakeLine(t *testing.T) {
	for name, test := range map[string]struct {
		role        string
		env         []string
		want        string // without address and certificate
		certificate bool
	}{
		"plain":                {role: "probe", want: "1|1|unix|ADDRESS|grpc|"},
		"AutoMTLS":             {role: "probe", env: []string{"PLUGIN_CLIENT_CERT=" + hostCertificate(t)}, want: "1|1|unix|ADDRESS|grpc|CERTIFICATE", certificate: true},
		"multiplexed":          {role: "probe", env: []string{"PLUGIN_MULTIPLEX_GRPC=true"}, want: "1|1|unix|ADDRESS|grpc||true"},
		"multiplexed, refused": {role: "probe", env: []string{"PLUGIN_MULTIPLEX_GRPC=false"}, want: "1|1|unix|ADDRESS|grpc||true"},
		"net/rpc":              {role: "net/rpc", want: "1|1|unix|ADDRESS|netrpc|"},
		"host without versions gets the oldest": {role: "versions", env: []string{"WEATHER_PLUGIN=" + versionedConfig().MagicCookieValue},
			want: "1|1|unix|ADDRESS|grpc|"},
		"newest of both": {role: "versions", env: []string{"WEATHER_PLUGIN=" + versionedConfig().MagicCookieValue, "PLUGIN_PROTOCOL_VERSIONS=1,2,3"},
			want: "1|2|unix|ADDRESS|grpc|"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields := strings.Split(readHandshake(t, test.role, test.env), "|")
			if len(fields) < 6 {
				t.Fatalf("fields: %q", fields)
			}
			fields[3] = "ADDRESS"
			if test.certificate {
				expectP256(t, fields[5])
				fields[5] = "CERTIFICATE"
			}
			if got := strings.Join(fields, "|"); got != test.want {
				t.Errorf("the plugin says %s, want %s", got, test.want)
			}
		})
	}
}

// readHandshake starts a plugin as a host does, reads its first line, and stops it.
func readHandshake(t *testing.T, role string, env []string) string {
	t.Helper()
	cmd := command(role)
	cmd.Env = append(append(cmd.Env, "PROBE_PLUGIN=probe", "TMPDIR="+t.TempDir()), env...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Errorf("the handshake: %v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return strings.TrimSuffix(line, "\n")
}

func expectP256(t *testing.T, field string) {
	t.Helper()
	der, err := base64.RawStdEncoding.DecodeString(field)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if key, ok := certificate.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() {
		t.Errorf("the key of the certificate is a %T", certificate.PublicKey)
	}
}

func TestHostCertificateThatIsNone(t *testing.T) {
	cmd := command("probe")
	cmd.Env = append(cmd.Env, "PROBE_PLUGIN=probe", "PLUGIN_CLIENT_CERT=no PEM")
	output, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(output), "PLUGIN_CLIENT_CERT: expected the host's certificate in PEM") {
		t.Errorf("%v\n%s", err, output)
	}
}
