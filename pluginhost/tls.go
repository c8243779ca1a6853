package pluginhost

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// clientCertVariable gives a plugin the certificate of its host. One that knows it answers with its own in the sixth
// field of the handshake (go-plugin's AutoMTLS).
const clientCertVariable = "PLUGIN_CLIENT_CERT"

// A pinnedTLS is the host's side of AutoMTLS: each side takes one certificate from the other and no other. It is what
// go-plugin does, with keys of P-256 instead of P-521, which take most of the time of a start.
type pinnedTLS struct {
	config  *tls.Config
	certPEM []byte // of the host

	mu   sync.Mutex
	peer []byte // the plugin's certificate
}

// newPinnedTLS returns one with a new key, which never leaves this process.
func newPinnedTLS() (*pinnedTLS, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	// What plugins ask of it, their go-plugin being of any version: it is its own authority, for both ends of a connection.
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "localhost", Organization: []string{"goplugin"}},
		DNSNames:              []string{"localhost"},
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		NotBefore:             time.Now().Add(-time.Minute),
		NotAfter:              time.Now().AddDate(30, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	p := &pinnedTLS{certPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	p.config = &tls.Config{
		Certificates:       []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:         tls.RequireAnyClientCert, // a callback's server; verify does the rest
		InsecureSkipVerify: true,                     // verify accepts the one certificate of the handshake
		VerifyConnection:   p.verify,
		ServerName:         "localhost",
		MinVersion:         tls.VersionTLS12,
	}
	return p, nil
}

// pin accepts the certificate of a handshake, and from now on no other.
func (p *pinnedTLS) pin(h handshake) error {
	der, err := base64.RawStdEncoding.DecodeString(h.cert)
	if err == nil {
		_, err = x509.ParseCertificate(der)
	}
	if err != nil {
		return fmt.Errorf("the certificate of its handshake: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.peer = der
	return nil
}

var errOtherCert = errors.New("the other side has not the certificate of the plugin's handshake")

func (p *pinnedTLS) verify(state tls.ConnectionState) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(state.PeerCertificates) == 0 || !bytes.Equal(state.PeerCertificates[0].Raw, p.peer) {
		return errOtherCert
	}
	return nil
}
