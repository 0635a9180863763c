package tunnel_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

func through(t *testing.T, address string) func(*tunnel.Options) {
	t.Helper()
	proxy, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *tunnel.Options) { o.Proxy = http.ProxyURL(proxy) }
}

func TestTheSessionGoesThroughTheOutgoingProxy(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	var passed atomic.Int64
	r := start(t, edge, through(t, edge.ProxyURL()), func(o *tunnel.Options) {
		inner := o.Proxy
		o.Proxy = func(r *http.Request) (*url.URL, error) {
			passed.Add(1)
			if r.URL.Scheme != "https" || r.URL.Host != edge.ConnectURL() {
				t.Errorf("the proxy for %s was asked for", r.URL)
			}
			return inner(r)
		}
	})
	url := r.phase(tunnel.Online).URL
	if code, _ := get(t, client(t, edge), url); code != 200 {
		t.Errorf("status %d", code)
	}
	r.Reconnect()
	r.phase(tunnel.Reconnecting)
	r.phase(tunnel.Online)
	if n := passed.Load(); n != 2 {
		t.Errorf("%d connections went by the proxy", n)
	}
}

func TestAProxyThatRefusesIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		text   string
	}{
		"wants another password": {http.StatusProxyAuthRequired, "another user name or password"},
		"forbids the target":     {http.StatusForbidden, "it answered 403"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if user, password, ok := parseProxyAuth(r); !ok || user != "robin" || password != "s3cretproxy" {
					t.Errorf("Proxy-Authorization %q", r.Header.Get("Proxy-Authorization"))
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, "no")
			}))
			defer proxy.Close()
			address := strings.Replace(proxy.URL, "http://", "http://robin:s3cretproxy@", 1)
			r := start(t, tunneltest.Start(t), through(t, address))
			s := r.until(func(s tunnel.Status) bool { return s.Sentence != "" })
			if !strings.Contains(s.Sentence, test.text) || !strings.Contains(s.Sentence, strings.TrimPrefix(proxy.URL, "http://")) {
				t.Errorf("%+v", s)
			}
			r.stops()
			if strings.Contains(s.Sentence+r.log.String(), "s3cretproxy") {
				t.Error("the proxy's password was said")
			}
		})
	}
}

func parseProxyAuth(r *http.Request) (user, password string, ok bool) {
	copied := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	return copied.BasicAuth()
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]tunnel.Options{
		"no handler":                      {Authtoken: "x"},
		"an edge without its CA file":     {Authtoken: "x", Handler: http.NotFoundHandler(), Server: plain, ConnectURL: "127.0.0.1:1"},
		"a CA file without its edge":      {Authtoken: "x", Handler: http.NotFoundHandler(), Server: plain, CAFile: "ca.pem"},
		"a wanted URL without encryption": {Authtoken: "x", Handler: http.NotFoundHandler(), Server: plain, URL: "http://name.ngrok.app"},
		"a wanted URL with a path":        {Authtoken: "x", Handler: http.NotFoundHandler(), Server: plain, URL: "https://name.ngrok.app/mcp"},
		"a wanted URL that is a name":     {Authtoken: "x", Handler: http.NotFoundHandler(), Server: plain, URL: "name.ngrok.app"},
		"a CA file that is not there":     {Authtoken: "x", Handler: http.NotFoundHandler(), Server: plain, ConnectURL: "127.0.0.1:1", CAFile: "no-such-file.pem"},
	} {
		if err := tunnel.New(o).Run(t.Context()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
