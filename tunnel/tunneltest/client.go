package tunneltest

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Client is an HTTP client for which every name leads to the front: https ones
// to the HTTPS front with the certificate checked against the URL's own name,
// http ones to the plain front. It follows no redirect. Close its idle
// connections when a test counts goroutines.
func (e *Edge) Client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: e.ca.pool, MinVersion: tls.VersionTLS12},
			MaxIdleConnsPerHost: 128,
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				to := e.FrontAddr()
				if strings.HasSuffix(addr, ":80") {
					to = e.HTTPFrontAddr()
				}
				return (&net.Dialer{}).DialContext(ctx, network, to)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// connect serves the CONNECT proxy of ProxyURL.
func (e *Edge) connect(w http.ResponseWriter, r *http.Request) {
	to := e.proxied(r.Host)
	if r.Method != http.MethodConnect || to == "" {
		http.Error(w, "tunneltest: this proxy leads to the edge only", http.StatusForbidden)
		return
	}
	far, err := net.DialTimeout("tcp", to, 5*time.Second)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	near, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = far.Close()
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	e.splice(near, far, rw.Reader)
}

// proxied is where the proxy leads a CONNECT target, or nothing.
func (e *Edge) proxied(target string) string {
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return target
	}
	if e.serves(host) {
		return e.FrontAddr()
	}
	return ""
}

// serves says whether a name is one that an edge of ngrok answers for.
func (e *Edge) serves(host string) bool {
	for _, suffix := range []string{".ngrok-free.dev", ".ngrok-free.app", ".ngrok.app"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return host == e.domain || slices.Contains(e.opts.Domains, host) || host == e.settings().domain
}

// splice copies both ways until either side ends.
func (e *Edge) splice(near, far net.Conn, buffered io.Reader) {
	var once sync.Once
	end := func() { once.Do(func() { _ = near.Close(); _ = far.Close() }) }
	stop := context.AfterFunc(e.life, end) // the server forgets a connection it gave away
	defer stop()
	e.goes(func() { defer end(); _, _ = io.Copy(far, buffered) })
	defer end()
	_, _ = io.Copy(near, far)
}

const preload = `// Leads every TLS connection to an ngrok name to the loopback edge.
const tls = require("node:tls");
const connect = tls.connect;
const ngrok = /\.(ngrok-free\.dev|ngrok-free\.app|ngrok\.app)$/;
tls.connect = function (...args) {
  const options = typeof args[0] === "object" ? args[0] : undefined;
  const name = options && (options.servername || options.host || options.hostname);
  if (name && ngrok.test(name)) {
    args[0] = { ...options, servername: name, host: %q, port: %s, path: undefined, socketPath: undefined };
  }
  return connect.apply(this, args);
};
`

// NodePreload writes edge-preload.cjs into dir and returns its path: a Node
// program started with NODE_OPTIONS=--require=PATH and NODE_EXTRA_CA_CERTS of
// WriteCA reaches the front by its real https URL. It panics when dir cannot be
// written.
func (e *Edge) NodePreload(dir string) string {
	host, port, _ := net.SplitHostPort(e.FrontAddr())
	path := filepath.Join(dir, "edge-preload.cjs")
	if err := os.WriteFile(path, fmt.Appendf(nil, preload, host, port), 0o600); err != nil {
		panic(fmt.Errorf("tunneltest: write the preload file: %w", err))
	}
	return path
}
