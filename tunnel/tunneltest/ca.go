package tunneltest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// authority is a CA made for one edge, and the certificate both of its sides use.
type authority struct {
	pool *x509.CertPool
	pem  []byte
	leaf tls.Certificate
}

func newAuthority(names []string) (*authority, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("tunneltest: make a key: %w", err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "codabridge loopback edge CA"},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, root, root, caKey.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("tunneltest: make a CA: %w", err)
	}
	a := &authority{pool: x509.NewCertPool(), pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})}
	a.pool.AppendCertsFromPEM(a.pem)
	return a, a.issue(root, caKey, caDER, names)
}

func (a *authority) issue(root *x509.Certificate, caKey *ecdsa.PrivateKey, caDER []byte, names []string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("tunneltest: make a key: %w", err)
	}
	dns := append([]string{"*.ngrok-free.dev", "*.ngrok-free.app", "*.ngrok.app", "localhost"}, names...)
	slices.Sort(dns)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "codabridge loopback edge"},
		NotBefore:    root.NotBefore, NotAfter: root.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: slices.Compact(dns), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), caKey)
	if err != nil {
		return fmt.Errorf("tunneltest: make a certificate: %w", err)
	}
	a.leaf = tls.Certificate{Certificate: [][]byte{der, caDER}, PrivateKey: key}
	return nil
}

// server is the TLS side of both fronts and of the agents' door.
func (a *authority) server() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.leaf}, MinVersion: tls.VersionTLS12}
}

// CAPool holds the CA that signed the edge's certificates.
func (e *Edge) CAPool() *x509.CertPool { return e.ca.pool }

// CAPEM is the CA as PEM text.
func (e *Edge) CAPEM() []byte { return slices.Clone(e.ca.pem) }

// WriteCA writes the CA as edge-ca.pem into dir and returns the file's path. The
// same file serves agents and clients of the front. It panics when dir cannot be
// written, which only a broken test can bring about.
func (e *Edge) WriteCA(dir string) string {
	path := filepath.Join(dir, "edge-ca.pem")
	if err := os.WriteFile(path, e.ca.pem, 0o600); err != nil {
		panic(fmt.Errorf("tunneltest: write the CA: %w", err))
	}
	return path
}
