package tunnel

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const dialLimit = 15 * time.Second

// dialer makes the connection to ngrok and keeps hold of it, so that it can be
// closed under the library. It goes through an HTTP proxy by itself: the
// library's own proxy option refuses http:// proxies and wraps the proxy in
// itself at every connect.
type dialer struct {
	proxy func(*http.Request) (*url.URL, error)

	mu     sync.Mutex // guards both
	conn   net.Conn   // the newest
	closed bool
}

// Dial is DialContext without a context, as the library's interface wants.
func (d *dialer) Dial(network, addr string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, addr)
}

// DialContext connects to addr, by way of the proxy if there is one for it.
func (d *dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	conn, err := d.reach(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	conn = gather(conn)
	d.conn = conn
	return conn, nil
}

// drop closes the newest connection; the next may follow.
func (d *dialer) drop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn != nil {
		_ = d.conn.Close()
	}
}

// close drops the connection and refuses all later ones.
func (d *dialer) close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.drop()
}

func (d *dialer) reach(ctx context.Context, network, addr string) (net.Conn, error) {
	var direct net.Dialer
	proxy, err := d.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	if err != nil {
		return nil, &proxyError{"of the environment", "its address cannot be read"}
	}
	if proxy == nil {
		return direct.DialContext(ctx, network, addr)
	}
	port := map[string]string{"http": "80", "https": "443"}[proxy.Scheme]
	if port == "" {
		return nil, &proxyError{proxy.Host, "codabridge knows http and https proxies only"}
	}
	conn, err := direct.DialContext(ctx, network, net.JoinHostPort(proxy.Hostname(), cmp.Or(proxy.Port(), port)))
	if err != nil {
		return nil, &proxyError{proxy.Host, "it does not answer"}
	}
	if proxy.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: proxy.Hostname(), MinVersion: tls.VersionTLS12})
	}
	if err := tunnelThrough(ctx, conn, proxy, addr); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// tunnelThrough asks the proxy for addr (RFC 9110, section 9.3.6).
func tunnelThrough(ctx context.Context, conn net.Conn, proxy *url.URL, addr string) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if u := proxy.User; u != nil {
		password, _ := u.Password()
		ask.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := ask.Write(conn); err != nil {
		return &proxyError{proxy.Host, "it closed the connection"}
	}
	in := bufio.NewReader(conn)
	reply, err := http.ReadResponse(in, ask)
	switch {
	case err != nil:
		return &proxyError{proxy.Host, "it gave no proper answer"}
	case reply.StatusCode == http.StatusProxyAuthRequired:
		return &proxyError{proxy.Host, "it wants another user name or password"}
	case reply.StatusCode != http.StatusOK:
		return &proxyError{proxy.Host, fmt.Sprintf("it answered %d", reply.StatusCode)}
	case in.Buffered() > 0: // TLS lets the client speak first
		return &proxyError{proxy.Host, "it sent data of its own"}
	}
	return nil
}

// proxyError holds no more of a proxy's URL than its host: the rest may be a
// password.
type proxyError struct{ host, why string }

func (e *proxyError) Error() string { return "proxy " + e.host + ": " + e.why }
