package tunnel_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

// BenchmarkTunnelOverPlainProxy asks the same handler in turns by way of the edge
// and the ngrok library, of a plain reverse proxy, and of a reverse proxy that
// encrypts the way to its upstream as every edge on the internet must. The units
// "ratio" and "ratio-tls" are what counts: the library's price over either.
func BenchmarkTunnelOverPlainProxy(b *testing.B) {
	answer := bytes.Repeat([]byte("a"), 1024)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(answer)
	})
	edge := tunneltest.Start(b)
	online := make(chan string, 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	tun := tunnel.New(tunnel.Options{
		Authtoken: tunneltest.Authtoken, ConnectURL: edge.ConnectURL(), CAFile: edge.WriteCA(b.TempDir()), Handler: handler, Server: plain,
		OnStatus: func(s tunnel.Status) {
			if s.Phase == tunnel.Online && s.Latency == 0 {
				online <- s.URL
			}
		},
	})
	go func() { done <- tun.Run(ctx) }()
	defer func() { cancel(); <-done }()
	<-online
	upstream, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer upstream.Close()
	defer secure.Close()
	plain := httptest.NewServer(proxyTo(b, upstream))
	defer plain.Close()
	encrypting := httptest.NewServer(proxyTo(b, secure))
	defer encrypting.Close()
	c := edge.Client()
	defer c.CloseIdleConnections()
	for name, at := range map[string]int{"1": 1, "16": 16} {
		b.Run("at-once-"+name, func(b *testing.B) {
			local := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
			defer local.CloseIdleConnections()
			compare(b, at, asker(c, "http://"+tunneltest.Domain+"/mcp", at),
				asker(local, plain.URL+"/mcp", at), asker(local, encrypting.URL+"/mcp", at))
		})
	}
}

func proxyTo(b *testing.B, upstream *httptest.Server) http.Handler {
	to, err := url.Parse(upstream.URL)
	if err != nil {
		b.Fatal(err)
	}
	carrier := &http.Transport{MaxIdleConnsPerHost: 256}
	b.Cleanup(carrier.CloseIdleConnections)
	if upstream.TLS != nil {
		carrier.TLSClientConfig = upstream.Client().Transport.(*http.Transport).TLSClientConfig
	}
	return &httputil.ReverseProxy{
		Transport: carrier, FlushInterval: -1,
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to); p.SetXForwarded() },
	}
}

// asker sends one request from each of at goroutines and waits for all answers.
func asker(c *http.Client, url string, at int) func() error {
	return func() error {
		errs := make(chan error, at)
		var all sync.WaitGroup
		for range at {
			all.Go(func() {
				res, err := c.Post(url, "application/json", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
				errs <- err
			})
		}
		all.Wait()
		for range at {
			if err := <-errs; err != nil {
				return err
			}
		}
		return nil
	}
}

// compare asks by the tunnel, the plain and the encrypting proxy in turns.
func compare(b *testing.B, at int, ways ...func() error) {
	spent := make([]time.Duration, len(ways))
	round := func() {
		for i, ask := range ways {
			began := time.Now()
			if err := ask(); err != nil {
				b.Fatal(err)
			}
			spent[i] += time.Since(began)
		}
	}
	for range 20 { // connections are made here
		round()
	}
	clear(spent)
	for b.Loop() {
		round()
	}
	per := float64(b.N * at * int(time.Microsecond))
	b.ReportMetric(0, "ns/op")
	for i, unit := range []string{"tunnel-us/req", "plain-us/req", "tls-us/req"} {
		b.ReportMetric(float64(spent[i])/per, unit)
	}
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "ratio")
	b.ReportMetric(float64(spent[0])/float64(spent[2]), "ratio-tls")
}
