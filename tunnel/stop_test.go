package tunnel_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

// stops ends the tunnel. What would hold it up in these tests never ends by
// itself, so that it is over at all is what is shown.
func (r *run) stops() {
	r.t.Helper()
	r.stop()
	if err := r.end(); err != nil {
		r.t.Errorf("Run ended with %v", err)
	}
}

func TestStoppingReturnsAlthoughAClientDoesNotRead(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	writing := make(chan struct{})
	r := start(t, edge, func(o *tunnel.Options) {
		o.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(writing)
			for block := bytes.Repeat([]byte("x"), 1<<20); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		})
	})
	r.phase(tunnel.Online)
	conn, err := tls.Dial("tcp", edge.FrontAddr(), &tls.Config{RootCAs: edge.CAPool(), ServerName: tunneltest.Domain})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", tunneltest.Domain); err != nil {
		t.Fatal(err)
	}
	<-writing
	r.stops()
}

func TestStoppingReturnsAlthoughAHandlerDoesNot(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	in, out := make(chan struct{}), make(chan struct{})
	defer close(out)
	r := start(t, edge, func(o *tunnel.Options) {
		o.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(in); <-out })
	})
	url := r.phase(tunnel.Online).URL
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		if res, err := client(t, edge).Do(req); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-in
	r.stops()
	cancel()
	<-asked
}

func TestStoppingReturnsInEveryPhase(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set   func(*tunneltest.Edge)
		ready func(*run, *tunneltest.Edge)
	}{
		"before anything happened": {nil, func(*run, *tunneltest.Edge) {}},
		"between two tries":        {func(e *tunneltest.Edge) { e.Kill() }, func(r *run, _ *tunneltest.Edge) { r.until(func(s tunnel.Status) bool { return s.Sentence != "" }) }},
		"while it waits for a URL": {func(e *tunneltest.Edge) { e.TakeEndpoint(-1) }, func(r *run, _ *tunneltest.Edge) { r.until(func(s tunnel.Status) bool { return s.Code != "" }) }},
		"online":                   {nil, func(r *run, _ *tunneltest.Edge) { r.phase(tunnel.Online) }},
		"while the uplink stalls": {nil, func(r *run, e *tunneltest.Edge) {
			r.phase(tunnel.Online)
			e.StallUplink(true)
		}},
		"after the edge died": {nil, func(r *run, e *tunneltest.Edge) {
			r.phase(tunnel.Online)
			e.Kill()
			r.until(func(s tunnel.Status) bool { return s.Phase == tunnel.Reconnecting })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := tunneltest.Start(t)
			if test.set != nil {
				test.set(edge)
			}
			r := start(t, edge)
			test.ready(r, edge)
			r.stops()
			r.phase(tunnel.Off)
		})
	}
}

func TestStoppingReturnsAlthoughTheEdgeSaysNothing(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		if c, err := silent.Accept(); err == nil {
			accepted <- c
		}
	}()
	r := start(t, tunneltest.Start(t), func(o *tunnel.Options) { o.ConnectURL = silent.Addr().String() })
	defer (<-accepted).Close()
	r.stops()
}

func TestAReceiverOfStatusesThatNeverReturnsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	forever := make(chan struct{})
	defer close(forever)
	r := start(t, edge, func(o *tunnel.Options) { o.OnStatus = func(tunnel.Status) { <-forever } })
	if !edge.WaitSessions(1, patience) {
		t.Fatal("it did not connect")
	}
	r.stops()
}

var block = bytes.Repeat([]byte("0123456789abcdef"), 1<<10)

// hasty sends 32 blocks, twice the window of a stream, each with a deadline.
func hasty(started chan<- struct{}, begin <-chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		out := http.NewResponseController(w)
		_ = out.Flush()
		started <- struct{}{}
		<-begin
		for range 32 {
			_ = out.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
			_, _ = w.Write(block)
		}
	}
}

// The fault needs an uplink that stalls for longer than the deadline, and more to
// send than the system's buffers hold.
func TestAWriteDeadlineOfAHandlerDoesNotBreakTheSession(t *testing.T) {
	t.Parallel()
	const streams = 60
	edge := tunneltest.Start(t)
	begin, started := make(chan struct{}), make(chan struct{}, streams)
	r := start(t, edge, func(o *tunnel.Options) {
		o.Handler = hasty(started, begin)
	})
	c, url := client(t, edge), r.phase(tunnel.Online).URL
	c.Timeout = 3 * patience // a broken session may lose answers without a word
	body := bytes.Repeat(block, 32)
	var all sync.WaitGroup
	for range streams {
		all.Go(func() {
			res, err := c.Get(url)
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d of %d bytes, %v", len(got), len(body), err)
			}
		})
	}
	for range streams {
		<-started
	}
	edge.StallUplink(true)
	close(begin)
	time.Sleep(300 * time.Millisecond) // the stall itself
	edge.StallUplink(false)
	all.Wait()
	if n := len(edge.SignIns()); n != 1 {
		t.Errorf("%d sign-ins: the session broke", n)
	}
}

func TestATunnelRunsAgainAfterItsEndButNotTwiceAtOnce(t *testing.T) {
	t.Parallel()
	_, r := online(t)
	if err := r.Run(context.Background()); err == nil {
		t.Error("a second Run at the same time was accepted")
	}
	r.stops()
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- r.Run(ctx) }()
	r.phase(tunnel.Online)
	cancel()
	if err := <-over; err != nil {
		t.Error(err)
	}
}
