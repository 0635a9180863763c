package tunneltest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Values that a plain Options{} leads to.
const (
	// Authtoken is the token the edge accepts.
	Authtoken = "2fakeAuthtokenOfTheLoopbackEdge_7Zq3nWc9Kd5XyRtB"
	// Domain is the account's dev domain, given to a bind that names none.
	Domain = "calm-otter-7.ngrok-free.dev"
	// Region, Account and Plan are told to the agent after it signed in.
	Region  = "eu"
	Account = "Robin Example"
	Plan    = "Free"
)

// Options describes an edge. The zero value is one free account on its dev
// domain, on ports of the system's choice.
type Options struct {
	Authtokens []string // accepted; none means Authtoken alone
	Domain     string   // the dev domain; empty means Domain
	Domains    []string // further names that the account may bind
	Loopback   bool     // hand out https://localhost:PORT of the front instead of Domain
	Addr       string   // where agents connect; empty means 127.0.0.1:0
	FrontAddr  string   // where HTTPS clients connect; empty means 127.0.0.1:0
}

// Edge is a running edge. All methods are safe for concurrent use.
type Edge struct {
	opts   Options
	domain string
	ca     *authority

	agents   net.Listener // guarded by mu: Kill and Revive replace it
	addr     string
	front    net.Listener
	plain    net.Listener
	proxy    net.Listener
	servers  []*http.Server
	carrier  *http.Transport
	running  sync.WaitGroup
	requests atomic.Int64
	life     context.Context // until Close
	end      context.CancelFunc

	mu        sync.Mutex // guards all below
	closed    bool
	sessions  map[*session]bool
	endpoints map[string]*endpoint // by host name
	tokens    map[string]string    // bind token -> host name
	known     map[string]string    // client id -> cookie
	signIns   []SignIn
	binds     []string
	count     int
	changed   chan struct{}
	knobs     knobs
}

// New starts an edge; Close ends it.
func New(o Options) (*Edge, error) {
	if len(o.Authtokens) == 0 {
		o.Authtokens = []string{Authtoken}
	}
	e := &Edge{
		opts: o, domain: or(o.Domain, Domain),
		sessions: map[*session]bool{}, endpoints: map[string]*endpoint{},
		tokens: map[string]string{}, known: map[string]string{}, changed: make(chan struct{}),
	}
	if o.Loopback {
		e.domain = "localhost"
	}
	e.life, e.end = context.WithCancel(context.Background())
	var err error
	e.ca, err = newAuthority(append([]string{e.domain}, o.Domains...))
	if err != nil {
		return nil, err
	}
	if err := e.listen(); err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

// TB is what Start needs of a *testing.T or *testing.B.
type TB interface {
	Helper()
	Cleanup(func())
	Fatal(args ...any)
}

// Start is New for a test: it fails the test on an error and closes the edge at
// its end. At most one Options is read.
func Start(t TB, options ...Options) *Edge {
	t.Helper()
	var o Options
	if len(options) > 0 {
		o = options[0]
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func (e *Edge) listen() (err error) {
	e.agents, err = net.Listen("tcp", or(e.opts.Addr, "127.0.0.1:0"))
	if err != nil {
		return fmt.Errorf("tunneltest: listen for agents: %w", err)
	}
	e.addr = e.agents.Addr().String()
	e.front, err = net.Listen("tcp", or(e.opts.FrontAddr, "127.0.0.1:0"))
	if err != nil {
		return fmt.Errorf("tunneltest: listen for https: %w", err)
	}
	e.plain, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("tunneltest: listen for http: %w", err)
	}
	e.proxy, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("tunneltest: listen for proxy clients: %w", err)
	}
	agents := e.agents
	e.goes(func() { e.acceptAgents(agents) })
	e.serveFront()
	return nil
}

// goes runs f in a goroutine that Close waits for.
func (e *Edge) goes(f func()) {
	e.running.Add(1)
	go func() { defer e.running.Done(); f() }()
}

// Close ends every session and listener and waits for the edge's goroutines.
func (e *Edge) Close() error {
	e.Kill()
	e.StallUplink(false)
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.end()
	var errs []error
	for _, s := range e.servers {
		errs = append(errs, s.Close())
	}
	for _, l := range []net.Listener{e.front, e.plain, e.proxy} {
		if l != nil {
			_ = l.Close() // a second close of what a server has closed already
		}
	}
	if e.carrier != nil {
		e.carrier.CloseIdleConnections()
	}
	e.running.Wait()
	return errors.Join(errs...)
}

// URL is the public address of the dev domain, with no slash at its end.
func (e *Edge) URL() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.urlOf(or(e.knobs.domain, e.domain))
}

// urlOf is the URL handed out for a host name.
func (e *Edge) urlOf(host string) string {
	if e.opts.Loopback && host == e.domain {
		_, port, _ := net.SplitHostPort(e.front.Addr().String())
		return "https://" + net.JoinHostPort(host, port)
	}
	return "https://" + host
}

// ConnectURL is the host:port that agents connect to.
func (e *Edge) ConnectURL() string { return e.addr }

// FrontAddr is the host:port of the HTTPS front.
func (e *Edge) FrontAddr() string { return e.front.Addr().String() }

// HTTPFrontAddr is the host:port of the front that speaks plain HTTP.
func (e *Edge) HTTPFrontAddr() string { return e.plain.Addr().String() }

// ProxyURL is the http:// address of a CONNECT proxy that leads ngrok names to
// the front; the package comment says who uses it.
func (e *Edge) ProxyURL() string { return "http://" + e.proxy.Addr().String() }

// Requests counts the requests that the fronts took, all answers included. It is
// what a free account pays for: 20,000 of them a month.
func (e *Edge) Requests() int { return int(e.requests.Load()) }

// note wakes everyone who waits for a change. The caller holds mu.
func (e *Edge) note() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// wait blocks until done, called with mu held, says true or the time is over.
func (e *Edge) wait(limit time.Duration, done func() bool) bool {
	over := time.After(limit)
	for {
		e.mu.Lock()
		ok, changed := done(), e.changed
		e.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-over:
			return false
		}
	}
}

func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
