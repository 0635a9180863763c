package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// internet is a name service and a host on it, behind the real fetch.
type internet struct {
	fetch  *documentFetch
	dialed atomic.Pointer[string]
	asked  atomic.Int32
}

// newInternet serves every name by h; answers are what the name service says,
// one after the other.
func newInternet(t *testing.T, h http.HandlerFunc, answers ...string) *internet {
	t.Helper()
	far := httptest.NewUnstartedServer(h)
	far.Config.ErrorLog = log.New(io.Discard, "", 0)
	far.StartTLS()
	t.Cleanup(far.Close)
	n := &internet{fetch: newDocumentFetch()}
	n.fetch.Resolve = func(context.Context, string) ([]netip.Addr, error) {
		i := min(int(n.asked.Add(1)), len(answers)) - 1
		var addrs []netip.Addr
		for a := range strings.FieldsSeq(answers[i]) {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		return addrs, nil
	}
	n.fetch.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		n.dialed.Store(&addr)
		return new(net.Dialer).DialContext(ctx, network, far.Listener.Addr().String())
	}
	roots := x509.NewCertPool()
	roots.AddCert(far.Certificate())
	n.fetch.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	t.Cleanup(n.fetch.client.CloseIdleConnections)
	return n
}

const document = `{"client_id":"https://vscode.dev/client.json"}`

func serveDocument(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(document)) }

func TestFetchDialsTheAddressThatItChecked(t *testing.T) {
	t.Parallel()
	n := newInternet(t, serveDocument, "93.184.216.34", "127.0.0.1")
	body, err := n.fetch.get(t.Context(), "https://vscode.dev/client.json")
	if err != nil || string(body) != document {
		t.Fatal(string(body), err)
	}
	if n.asked.Load() != 1 || *n.dialed.Load() != "93.184.216.34:443" {
		t.Errorf("a name that changes after the check: asked %d times, dialled %s", n.asked.Load(), *n.dialed.Load())
	}
	if _, err := n.fetch.get(t.Context(), "https://vscode.dev/client.json"); !errors.Is(err, ErrNotPublic) {
		t.Errorf("its second answer is this computer: %v", err)
	}
}

func TestFetchRefusesAddressesThatAreNotOnTheInternet(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{
		"127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "100.100.100.200", "168.63.129.16",
		"0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
		"64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "64:ff9b::5db8:d822", "::ffff:168.63.129.16", "fd00:ec2::254", "2002:7f00:1::", "2606:4700::5efe:a00:1", "2606:4700::200:5efe:a00:1", "2001::1", "2001:db8::1", "100::1", "3fff::1",
	} {
		n := newInternet(t, serveDocument, addr, addr)
		if _, err := n.fetch.get(t.Context(), "https://vscode.dev/x"); !errors.Is(err, ErrNotPublic) || n.dialed.Load() != nil {
			t.Errorf("%s: %v", addr, err)
		}
		hostport := netip.AddrPortFrom(netip.MustParseAddr(addr), 443).String()
		if NewDialer(false).lastLook("tcp", hostport, nil) == nil {
			t.Errorf("%s: the last look lets it pass", addr)
		}
	}
	for _, addr := range []string{"93.184.216.34", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:93.184.216.34", "168.63.129.15", "198.20.0.1", "192.0.1.1", "2606:4700::5efe"} {
		if !IsPublic(netip.MustParseAddr(addr)) {
			t.Errorf("%s is on the internet", addr)
		}
	}
	n := newInternet(t, serveDocument, "93.184.216.34 10.0.0.1")
	if _, err := n.fetch.get(t.Context(), "https://vscode.dev/x"); !errors.Is(err, ErrNotPublic) || n.dialed.Load() != nil {
		t.Errorf("one private address among public ones: %v", err)
	}
	if a := "[fe80::1%1]:443"; NewDialer(true).lastLook("tcp", a, nil) == nil {
		t.Errorf("%s is let pass", a)
	}
	real := newDocumentFetch()
	far := httptest.NewTLSServer(http.HandlerFunc(serveDocument))
	defer far.Close()
	if _, err := real.Dial(t.Context(), "tcp", far.Listener.Addr().String()); !errors.Is(err, ErrNotPublic) {
		t.Errorf("the real dialler reaches this computer: %v", err)
	}
	if _, err := real.get(t.Context(), "https://localhost/client.json"); err == nil {
		t.Error("localhost was fetched")
	}
}

func TestFetchTakesPlainHTTPSNamesOnly(t *testing.T) {
	t.Parallel()
	n := newInternet(t, serveDocument, "93.184.216.34")
	for _, link := range []string{"http://vscode.dev/x", "ftp://vscode.dev/x", "file:///etc/passwd", "javascript:alert(1)", "https://vscode.dev:8443/x",
		"https://vscode.dev:443/x", "https://me:pw@vscode.dev/x", "https://93.184.216.34/x", "https://[2606:4700::1111]/x", "https:///x", "//vscode.dev/x", "https://vscode.dev/%zz"} {
		if _, err := n.fetch.get(t.Context(), link); err == nil {
			t.Errorf("%s was fetched", link)
		}
	}
	if n.asked.Load() != 0 {
		t.Error("a name was looked up for an address that is refused")
	}
}

func TestFetchEndsWhereADocumentShould(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		far  http.HandlerFunc
		says string
	}{
		"a redirect is not followed": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/x" {
				http.Redirect(w, r, "https://vscode.dev/y", http.StatusFound)
				return
			}
			t.Error("it was followed")
		}, "status 302"},
		"more than 64 KiB":          {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, strings.Repeat("x", fetchBytes+1)) }, "64 KiB"},
		"a page of an error":        {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, document, http.StatusForbidden) }, "status 403"},
		"endless headers":           {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, "header"},
		"one that never ends":       {drip, "deadline"},
		"one that never begins":     {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); panic(http.ErrAbortHandler) }, "deadline"},
		"a connection that is shut": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newInternet(t, c.far, "93.184.216.34")
			ctx := t.Context()
			if c.says == "deadline" {
				// The caller's patience is shorter than the fetch's own, so
				// that the test is; the fetch's is looked at below.
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
			}
			if _, err := n.fetch.get(ctx, "https://vscode.dev/x"); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %s", err, c.says)
			}
		})
	}
}

// drip sends a byte at a time for as long as anyone listens.
func drip(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := w.Write([]byte("x")); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			panic(http.ErrAbortHandler) // or the end of the answer may still get through
		case <-tick.C:
		}
	}
}

func TestFetchGivesUpByItselfHoweverSlowlyItIsFed(t *testing.T) {
	t.Parallel()
	n := newInternet(t, drip, "93.184.216.34")
	if n.fetch.patience != 5*time.Second {
		t.Errorf("it waits %v", n.fetch.patience)
	}
	n.fetch.patience = 200 * time.Millisecond
	start := time.Now()
	_, err := n.fetch.get(context.Background(), "https://vscode.dev/x")
	if took := time.Since(start); err == nil || took < n.fetch.patience || took > time.Minute {
		t.Errorf("%v after %v", err, took)
	}
}

func TestFetchDoesNotUseAProxyOfTheEnvironment(t *testing.T) {
	if newDocumentFetch().client.Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy would look names up by itself, and be sent what a stranger asks for")
	}
}
