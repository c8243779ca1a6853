package pluginserve

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// hostedTLS returns the transport security that a host asks for, or nil for none. What the plugin's own provider
// returns comes first, as in go-plugin. Otherwise a host with AutoMTLS has put its certificate (PEM) in the environment,
// and trusts the one that is returned (DER).
func hostedTLS(provider func() (*tls.Config, error), hostCertificate string) (*tls.Config, []byte, error) {
	if provider != nil {
		config, err := provider()
		if config != nil || err != nil {
			return config, nil, err
		}
	}
	if hostCertificate == "" {
		return nil, nil, nil
	}
	host := x509.NewCertPool()
	if !host.AppendCertsFromPEM([]byte(hostCertificate)) {
		return nil, nil, errors.New("PLUGIN_CLIENT_CERT: expected the host's certificate in PEM, found none; the host sets it")
	}
	certificate, err := newCertificate()
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate for the host: %w", err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS12,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    host,
		RootCAs:      host, // for connections that the plugin opens through the broker
		ServerName:   "localhost",
	}, certificate.Certificate[0], nil
}

// newCertificate returns a self-signed certificate as go-plugin makes them for AutoMTLS, but of a P-256 key. Its key is
// only in this process's memory and ends with it.
func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "localhost", Organization: []string{"goplugin"}},
		DNSNames:     []string{"localhost"},
		NotBefore:    now.Add(-time.Minute),
		NotAfter:     now.AddDate(30, 0, 0), // longer than any process runs
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement | x509.KeyUsageCertSign,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		// The other side trusts it as an authority, and some libraries ask for a certificate that is one.
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
