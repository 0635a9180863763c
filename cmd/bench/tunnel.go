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
// plain reverse proxy, and of one that encrypts the way to its upstream as
// every edge on the internet must.
func (b *bench) tunnel(ctx context.Context) error {
	answer := bytes.Repeat([]byte("a"), 1024)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(answer)
	})
	edge, err := tunneltest.New(tunneltest.Options{})
	if err != nil {
		return err
	}
	defer edge.Close()
	ctx, cancel := context.WithCancel(ctx)
	done, err := b.online(ctx, edge, handler)
	defer func() { cancel(); <-done }()
	if err != nil {
		return err
	}
	plain, endPlain := proxyTo(httptest.NewServer(handler))
	defer endPlain()
	encrypting, endEncrypting := proxyTo(httptest.NewTLSServer(handler))
	defer endEncrypting()
	through := edge.Client()
	defer through.CloseIdleConnections()
	local := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
	defer local.CloseIdleConnections()
	for _, r := range tunnelRounds {
		spent, err := inTurns(ctx, r.rounds,
			asker(through, "http://"+tunneltest.Domain+"/mcp", r.at), asker(local, plain+"/mcp", r.at), asker(local, encrypting+"/mcp", r.at))
		if err != nil {
			return err
		}
		b.report.add(tunnelRow(r.at, r.rounds, r.most, spent[0], spent[1], spent[2]))
	}
	return nil
}

// online connects a tunnel to the edge; done is closed when it has ended.
func (b *bench) online(ctx context.Context, edge *tunneltest.Edge, handler http.Handler) (done chan struct{}, err error) {
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
	done = make(chan struct{})
	go func() { err = t.Run(ctx); close(done) }()
	select {
	case <-up:
		return done, nil
	case <-done:
		return done, errors.Join(errors.New("the tunnel ended before it was online"), err)
	}
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

func tunnelRow(at, rounds int, most float64, ours, plain, secure []time.Duration) row {
	mine, theirs, safe := median(ours), median(plain), median(secure)
	ratio := times(mine, theirs)
	return row{what: fmt.Sprintf("through the tunnel library, %d at once", at), ours: ms(mine), target: fmt.Sprintf("ratio < %.2f", most),
		bare: ms(theirs), ratio: ratio, ok: float64(mine) < most*float64(theirs), missed: "ratio " + ratio,
		how:    "Rounds of requests with answers of 1 KiB by way of the fake edge, the ngrok library and our server; the time is that of a round. Bare: httputil.ReverseProxy before the same handler. The way from the edge is encrypted, that of the plain proxy is not.",
		detail: fmt.Sprintf("%d rounds of %d: a proxy that encrypts the way to its upstream takes %s, ratio to that %s.", rounds, at, ms(safe), times(mine, safe)),
		why: fmt.Sprintf("It is %s a round over the plain proxy. %s of that is what encrypting costs a proxy too; the rest is carrying every request as a stream in one connection, in the ngrok library and in the fake edge.",
			ms(mine-theirs), ms(max(safe-theirs, 0)))}
}
