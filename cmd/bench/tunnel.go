package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.ngrok.com/ngrok/v2"

	"codabridge/server/door"
	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

// tunnelRounds are how many requests are made at once, and how often.
// The ratio to a plain proxy is to stay below most.
var tunnelRounds = []struct {
	at, rounds int
	most       float64
}{{1, 4000, 1.15}, {16, 500, 1.05}}

// tunnel asks the same handler by way of the edge and the ngrok library, of a
// plain reverse proxy, of one that encrypts the way to its upstream as every edge
// on the internet must, and of an edge and the library with nothing of ours.
func (b *bench) tunnel(ctx context.Context) error {
	answer := bytes.Repeat([]byte("a"), 1024)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(answer)
	})
	edges := make([]*tunneltest.Edge, 2)
	for i := range edges {
		edge, err := tunneltest.New(tunneltest.Options{})
		if err != nil {
			return err
		}
		defer edge.Close()
		edges[i] = edge
	}
	ctx, cancel := context.WithCancel(ctx)
	done, err := b.online(ctx, edges[0], handler)
	defer func() { cancel(); <-done }()
	if err != nil {
		return err
	}
	endBare, err := b.onlineBare(ctx, edges[1], handler)
	if err != nil {
		return err
	}
	defer endBare()
	return b.tunnelRounds(ctx, handler, edges[0], edges[1])
}

// tunnelRounds asks by way of ours, which is online at the first edge, of both
// proxies, and of the library at the second, in turns.
func (b *bench) tunnelRounds(ctx context.Context, handler http.Handler, ours, library *tunneltest.Edge) error {
	plain, endPlain := proxyTo(httptest.NewServer(handler))
	defer endPlain()
	encrypting, endEncrypting := proxyTo(httptest.NewTLSServer(handler))
	defer endEncrypting()
	through, bare := ours.Client(), library.Client()
	defer through.CloseIdleConnections()
	defer bare.CloseIdleConnections()
	local := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
	defer local.CloseIdleConnections()
	for _, r := range tunnelRounds {
		public := "http://" + tunneltest.Domain + "/mcp"
		spent, err := inTurns(ctx, r.rounds, asker(through, public, r.at), asker(local, plain+"/mcp", r.at),
			asker(local, encrypting+"/mcp", r.at), asker(bare, public, r.at))
		if err != nil {
			return err
		}
		b.report.add(tunnelRow(r.at, r.rounds, r.most, spent[0], spent[1], spent[2], spent[3]))
	}
	return nil
}

// online connects a tunnel to the edge; done is closed when it has ended.
func (b *bench) online(ctx context.Context, edge *tunneltest.Edge, handler http.Handler) (chan struct{}, error) {
	up := make(chan struct{})
	var once sync.Once
	t := tunnel.New(tunnel.Options{
		Authtoken: tunneltest.Authtoken, ConnectURL: edge.ConnectURL(), CAFile: edge.WriteCA(b.dir), Handler: handler,
		Server: func(h http.Handler) *http.Server { return door.HTTPServer(h, slog.New(slog.DiscardHandler)) },
		OnStatus: func(s tunnel.Status) {
			if s.Phase == tunnel.Online {
				once.Do(func() { close(up) })
			}
		},
	})
	var ended error
	done := make(chan struct{})
	go func() { ended = t.Run(ctx); close(done) }()
	select {
	case <-up:
		return done, nil
	case <-done:
		return done, errors.Join(errors.New("the tunnel ended before it was online"), ended)
	}
}

// onlineBare connects the library to the edge and has Go's own server answer, with
// nothing of ours; end stops both.
func (b *bench) onlineBare(ctx context.Context, edge *tunneltest.Edge, handler http.Handler) (end func(), err error) {
	agent, err := ngrok.NewAgent(ngrok.WithAuthtoken(tunneltest.Authtoken),
		ngrok.WithAgentConnectURL(edge.ConnectURL()), ngrok.WithAgentConnectCAs(edge.CAPool()))
	if err != nil {
		return nil, err
	}
	listener, err := agent.Listen(ctx)
	if err != nil {
		return nil, err
	}
	web := &http.Server{Handler: handler}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	return func() { _ = agent.Disconnect(); _ = web.Close(); <-served }, nil
}

// proxyTo starts a reverse proxy before upstream and gives its address; end
// stops both.
func proxyTo(upstream *httptest.Server) (address string, end func()) {
	to, _ := url.Parse(upstream.URL)
	carrier := &http.Transport{MaxIdleConnsPerHost: 256}
	if upstream.TLS != nil {
		carrier.TLSClientConfig = upstream.Client().Transport.(*http.Transport).TLSClientConfig
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Transport: carrier, FlushInterval: -1,
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to); p.SetXForwarded() }})
	return proxy.URL, func() { proxy.Close(); carrier.CloseIdleConnections(); upstream.Close() }
}

// asker sends one request from each of at goroutines and waits for all answers.
func asker(c *http.Client, link string, at int) func() error {
	return func() error {
		errs := make([]error, at)
		var all sync.WaitGroup
		for i := range at {
			all.Go(func() {
				resp, err := c.Post(link, "application/json", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
				errs[i] = err
			})
		}
		all.Wait()
		return errors.Join(errs...)
	}
}

// inTurns runs the ways one after the other, round by round.
func inTurns(ctx context.Context, rounds int, ways ...func() error) ([][]time.Duration, error) {
	spent := make([][]time.Duration, len(ways))
	warm := 20 // connections are made here
	for round := range rounds + warm {
		for i, ask := range ways {
			began := time.Now()
			if err := ask(); err != nil {
				return nil, err
			}
			if round >= warm {
				spent[i] = append(spent[i], time.Since(began))
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return spent, nil
}

func tunnelRow(at, rounds int, most float64, ours, plain, secure, library []time.Duration) row {
	mine, theirs, safe, bare := median(ours), median(plain), median(secure), median(library)
	ratio := times(mine, theirs)
	return row{what: fmt.Sprintf("through the tunnel library, %d at once", at), ours: ms(mine), target: fmt.Sprintf("ratio < %.2f", most),
		bare: ms(theirs), ratio: ratio, ok: float64(mine) < most*float64(theirs), missed: "ratio " + ratio,
		how: "Rounds of requests with answers of 1 KiB by way of the fake edge, the ngrok library and our server; the time is that of a round. " +
			"Bare: httputil.ReverseProxy before the same handler. The way from the edge is encrypted, that of the plain proxy is not.",
		detail: fmt.Sprintf("%d rounds of %d: a proxy that encrypts the way to its upstream takes %s, ratio %s, ours to that %s; "+
			"the library with nothing of ours, by an edge of the same kind, takes %s, ratio %s.",
			rounds, at, ms(safe), times(safe, theirs), times(mine, safe), ms(bare), times(bare, theirs)),
		why: fmt.Sprintf("It is %s a round over the plain proxy. %s of that is what encrypting costs a proxy too, "+
			"and the library alone is %s over it. The rest is carrying every request as a stream in one connection, "+
			"by four goroutines of the library's muxado, two of them at the fake edge. Its API takes no buffer and no framer: "+
			"a connection of ours below its TLS sends what it writes together, but two records a frame remain.",
			ms(mine-theirs), ms(max(safe-theirs, 0)), ms(bare-theirs))}
}
