package tunnel_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

// TestMain looks for goroutines at the end.
func TestMain(m *testing.M) {
	code := m.Run()
	for began := time.Now(); code == 0; {
		err := goleak.Find(leftovers...)
		if err == nil {
			break
		}
		if time.Since(began) > 3*tolerance {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

const (
	patience  = 30 * time.Second
	tolerance = 3 * time.Second
)

// run is a tunnel under test and all that it said.
type run struct {
	*tunnel.Tunnel
	t    *testing.T
	stop context.CancelFunc
	done chan error
	log  *transcript

	mu   sync.Mutex
	all  []tunnel.Status
	seen int           // of all, by until
	more chan struct{} // closed and renewed with each status
}

type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *transcript) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// online is a tunnel that is online, to an edge of its own.
func online(t *testing.T) (*tunneltest.Edge, *run) {
	t.Helper()
	edge := tunneltest.Start(t)
	r := start(t, edge)
	r.phase(tunnel.Online)
	return edge, r
}

// start runs a tunnel to edge. When the test ends the tunnel is stopped, and the
// authtoken must have come up in nothing that it said.
func start(t *testing.T, edge *tunneltest.Edge, change ...func(*tunnel.Options)) *run {
	t.Helper()
	r := &run{t: t, done: make(chan error, 1), log: &transcript{}, more: make(chan struct{})}
	o := tunnel.Options{
		Authtoken: tunneltest.Authtoken, ConnectURL: edge.ConnectURL(), CAFile: edge.WriteCA(t.TempDir()),
		Handler: http.HandlerFunc(hello), Server: plain, OnStatus: r.hear,
		Log:       slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Heartbeat: heartbeat, Tolerance: tolerance,
		Ticks: make(chan time.Time),
	}
	for _, c := range change {
		c(&o)
	}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	r.Tunnel = tunnel.New(o)
	go func() { r.done <- r.Run(ctx) }()
	t.Cleanup(func() {
		r.stop()
		err := r.end()
		r.silent(o.Authtoken, err)
	})
	return r
}

// plain is an HTTP server without the bounds that the program gives it.
func plain(h http.Handler) *http.Server { return &http.Server{Handler: h} }

func hello(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte("hello " + r.URL.RequestURI()))
}

func (r *run) hear(s tunnel.Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, s)
	close(r.more)
	r.more = make(chan struct{})
}

// until waits for a status that fits, among those that came after the last one it
// found.
func (r *run) until(fits func(tunnel.Status) bool) tunnel.Status {
	r.t.Helper()
	over := time.After(patience)
	for {
		r.mu.Lock()
		for r.seen < len(r.all) {
			s := r.all[r.seen]
			r.seen++
			if fits(s) {
				r.mu.Unlock()
				return s
			}
		}
		more := r.more
		r.mu.Unlock()
		select {
		case <-more:
		case <-over:
			r.t.Fatalf("no such status within %v; all of them: %+v\nlog: %s", patience, r.statuses(), r.log)
		}
	}
}

func (r *run) phase(p tunnel.Phase) tunnel.Status {
	r.t.Helper()
	return r.until(func(s tunnel.Status) bool { return s.Phase == p })
}

// quiet fails the test when the newest status is another one than Failed.
func (r *run) quiet() {
	r.t.Helper()
	all := r.statuses()
	if now := all[len(all)-1]; now.Phase != tunnel.Failed {
		r.t.Fatalf("%+v", now)
	}
	time.Sleep(time.Millisecond)
}

func (r *run) statuses() []tunnel.Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]tunnel.Status(nil), r.all...)
}

// end waits for Run and returns its error; it may be called again.
func (r *run) end() error {
	r.t.Helper()
	select {
	case err := <-r.done:
		r.done <- err
		return err
	case <-time.After(patience):
		r.t.Fatal("Run did not return")
		return nil
	}
}

// silent fails the test when the authtoken is in anything that was said.
func (r *run) silent(token string, err error) {
	r.t.Helper()
	if strings.TrimSpace(token) == "" {
		return
	}
	if err != nil && strings.Contains(err.Error(), token) {
		r.t.Errorf("the authtoken is in the error %q", err)
	}
	if strings.Contains(r.log.String(), token) {
		r.t.Errorf("the authtoken is in the log")
	}
	for _, s := range r.statuses() {
		if strings.Contains(s.Sentence+s.Link+s.URL, token) {
			r.t.Errorf("the authtoken is in the status %+v", s)
		}
	}
}

// client is the edge's client, with no connection left when the test ends.
func client(t *testing.T, edge *tunneltest.Edge) *http.Client {
	c := edge.Client()
	t.Cleanup(c.CloseIdleConnections)
	return c
}
