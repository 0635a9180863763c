//go:build conformance

package conformance

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// withBearer is a proxy on this computer that adds the access token, for
// suites that know no sign-in. A Host that is not the proxy's own passes as
// it came, because a foreign one is what a suite may want to send.
func (g *grant) withBearer(t *testing.T) string {
	t.Helper()
	to, err := url.Parse(g.issuer)
	if err != nil {
		t.Fatal(err)
	}
	var own string
	proxy := &httputil.ReverseProxy{
		Transport:     g.h.web(g.issuer).Transport,
		FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			if r.In.Host != own {
				r.Out.Host = r.In.Host
			}
			if r.Out.Header.Get("Origin") == "http://"+own {
				r.Out.Header.Set("Origin", g.issuer)
			}
			if r.Out.Header.Get("Authorization") == "" {
				r.Out.Header.Set("Authorization", "Bearer "+g.access)
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The server closes a request's body when the answer begins. The proxy
		// must not look for the end of the body then: it would cut the answer.
		if r.ContentLength > 0 {
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.LimitReader(r.Body, r.ContentLength), r.Body}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	own = at.Host
	return s.URL
}
