package tunneltest

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// carried is how the front hands an endpoint to its transport.
type carried struct{}

func (e *Edge) serveFront() {
	e.carrier = &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true, DialContext: dialAgent}
	front := http.HandlerFunc(e.route)
	quiet := log.New(io.Discard, "", 0)
	secure := &http.Server{Handler: front, TLSConfig: e.ca.server(), ErrorLog: quiet}
	plain := &http.Server{Handler: front, ErrorLog: quiet}
	proxy := &http.Server{Handler: http.HandlerFunc(e.connect), ErrorLog: quiet}
	e.servers = []*http.Server{secure, plain, proxy}
	e.goes(func() { _ = secure.ServeTLS(e.front, "", "") })
	e.goes(func() { _ = plain.Serve(e.plain) })
	e.goes(func() { _ = proxy.Serve(e.proxy) })
}

func dialAgent(ctx context.Context, _, _ string) (net.Conn, error) {
	c, ok := ctx.Value(carried{}).(caller)
	if !ok {
		return nil, fmt.Errorf("tunneltest: a request without an endpoint")
	}
	return c.endpoint.open(c.addr)
}

// caller is a request's endpoint and the address it came from.
type caller struct {
	endpoint *endpoint
	addr     string
}

// route answers one public request: by the agent, by the warning page, or by the
// service's own error.
func (e *Edge) route(w http.ResponseWriter, r *http.Request) {
	e.requests.Add(1)
	host := hostname(r.Host)
	e.mu.Lock()
	ep, warn := e.endpoints[host], e.knobs.interstitial
	e.mu.Unlock()
	switch {
	case ep == nil:
		refuse(w, http.StatusNotFound, "ERR_NGROK_3200", "The endpoint "+host+" is offline.")
	case warn && needsWarning(r, host):
		writeWarning(w, host)
	default:
		ep.proxy.ServeHTTP(w, r)
	}
}

// proxyTo carries requests to one endpoint.
func (e *Edge) proxyTo(ep *endpoint) http.Handler {
	proxy := &httputil.ReverseProxy{
		Transport:     e.carrier,
		FlushInterval: -1, // events must leave as they come
		ErrorLog:      log.New(io.Discard, "", 0),
		Rewrite:       func(p *httputil.ProxyRequest) { forward(p, ep) },
		ModifyResponse: func(res *http.Response) error {
			res.Header.Del("Ngrok-Error-Code") // an upstream can never set it
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			refuse(w, http.StatusBadGateway, "ERR_NGROK_3004", "The agent gave an invalid or incomplete answer.")
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 0 {
			// The server closes the body when the answer begins, while the
			// proxy's transport may still look for its end; then it would cut the
			// answer short. A body of known length has its end without looking.
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.LimitReader(r.Body, r.ContentLength), r.Body}
		}
		ctx := context.WithValue(r.Context(), carried{}, caller{ep, r.RemoteAddr})
		proxy.ServeHTTP(w, r.WithContext(ctx))
	})
}

// forward keeps the Host and appends to what a client claims of itself, so that
// only the last value of X-Forwarded-For is the edge's.
func forward(p *httputil.ProxyRequest, ep *endpoint) {
	p.Out.URL = &url.URL{Scheme: "http", Host: ep.key, Path: p.In.URL.Path, RawPath: p.In.URL.RawPath, RawQuery: p.In.URL.RawQuery}
	p.Out.Host = p.In.Host
	in, out := p.In.Header, p.Out.Header
	addr, _, _ := net.SplitHostPort(p.In.RemoteAddr)
	proto := "http"
	if p.In.TLS != nil {
		proto = "https"
	}
	out.Set("X-Forwarded-For", appended(in.Values("X-Forwarded-For"), addr))
	out.Set("X-Forwarded-Proto", appended(in.Values("X-Forwarded-Proto"), proto))
	out.Set("X-Forwarded-Host", p.In.Host)
}

func appended(claimed []string, own string) string {
	return strings.Join(append(claimed[:len(claimed):len(claimed)], own), ", ")
}

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(host)
}

var refusalPage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{.Code}}</title></head>
<body><h1>{{.Code}}</h1><p>{{.Text}}</p></body></html>
`))

func refuse(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Ngrok-Error-Code", code)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = refusalPage.Execute(w, map[string]string{"Code": code, "Text": text})
}
