package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"syscall"

	"codabridge/app"
)

// sickOnTheWay are installations with a proxy before them that spoils what
// passes.
var sickOnTheWay = map[string]illness{
	"a proxy that rewrites the Host header": {
		breakIt: func(p *patient) {
			p.behind(func(target *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.Rewrite = func(r *httputil.ProxyRequest) { r.SetURL(target) }
				return proxy
			})
		},
		want: []string{"address: failed: rewrites the Host header"}},
	"a proxy that makes up a Host of its own": {
		breakIt: func(p *patient) {
			p.behind(func(target *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.Rewrite = func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = "backend.internal" }
				return proxy
			})
		},
		want: []string{"address: failed: rewrites the Host header"}},
	"a web server that answers /.well-known with its own page": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				return onPath("/.well-known/oauth-authorization-server", proxy, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					fmt.Fprint(w, "<html>It works!</html>")
				})
			})
		},
		want: []string{"discovery: failed: HTML page came instead of JSON"}},
	"a proxy that redirects what ChatGPT posts": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				return onPath("/register", proxy, func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "/register/", http.StatusMovedPermanently)
				})
			})
		},
		want: []string{"registration: failed: redirects"}},
	"a proxy that leads nowhere": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				refuse := func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }
				proxy.Transport = &http.Transport{DialContext: refuse}
				return proxy
			})
		},
		want: []string{"address: failed: cannot reach codabridge"}},
	"a proxy that keeps the challenge to itself": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.ModifyResponse = func(r *http.Response) error { r.Header.Del("WWW-Authenticate"); return nil }
				return proxy
			})
		},
		want: []string{"401 challenge: failed: no WWW-Authenticate header"}},
	"a proxy that drops the token": {
		breakIt: func(p *patient) {
			p.behind(func(target *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				before := proxy.Rewrite
				proxy.Rewrite = func(r *httputil.ProxyRequest) { before(r); r.Out.Header.Del("Authorization") }
				return proxy
			})
		},
		want: []string{"server/discover: failed: drop the Authorization header", "initialize: failed: drop the Authorization header"}},
	"a proxy that drops cookies": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.ModifyResponse = func(r *http.Response) error { r.Header.Del("Set-Cookie"); return nil }
				return proxy
			})
		},
		want: []string{"sign-in: failed: cookie may be lost"}},
	"an address that leads to a codabridge of somebody else": {
		breakIt: func(p *patient) {
			other := &patient{program: newProgram(p.t, p.w.secrets()...), w: p.w}
			s := other.serve(app.PhaseLocal, "--tunnel", "none")
			p.online()
			p.args = []string{"--url", s.LocalURL}
		},
		want: []string{"sign-in: failed: does not know the request"}},
}
