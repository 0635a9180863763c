package coda

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The two REST bases that serve the same API, the current one first.
const (
	BaseCurrent = "https://docs.superhuman.com/apis/v1"
	BaseLegacy  = "https://coda.io/apis/v1"
)

// Bases lists the REST bases in the order in which they are tried.
func Bases() []string { return []string{BaseCurrent, BaseLegacy} }

// Options are the settings of a Client. Only Token is required.
type Options struct {
	// Base gives the REST base including /apis/v1, asked anew for every
	// request. Nil or an empty answer means BaseCurrent. Plain http is
	// accepted for loopback only.
	Base func() string
	// Token gives the API token for one request.
	Token func() (string, error)
	// HTTP sends the requests; nil means a client of our own. Its redirect
	// policy is replaced by none. Downloads do not use it.
	HTTP *http.Client
	// Log gets one debug line a request, without addresses; nil is silent.
	Log *slog.Logger
	// UserAgent is sent with every request; empty means "codabridge".
	UserAgent string
	// Limits are the request rates; zero fields take the published ones.
	Limits Limits
	// MaxBody is the largest answer read, in bytes; zero means 10 MiB.
	// Of rows, a smaller page is asked for instead of a larger answer.
	MaxBody int64
	// MaxExport is the largest export downloaded, in bytes; zero means 8 MiB.
	MaxExport int64
	// Sleep waits between attempts and polls; nil waits for real time.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Client makes the calls. It is safe for concurrent use.
type Client struct {
	opt    Options
	http   *http.Client // sends the token, follows no redirect
	limits *limiters
	stuck  stuckGuard
	budget *budget
	// downloads never send the token: for a base on the internet, and for
	// one on this computer.
	downloads map[bool]*downloader

	wrote    atomic.Pointer[func(path []string)] // hears of writes
	lastRows atomic.Int64                        // bytes of the page of rows read last

	mu        sync.Mutex               // guards exporting
	exporting map[string]chan struct{} // one slot a page
}

// New assembles a Client; it opens nothing.
func New(opt Options) *Client {
	if opt.UserAgent == "" {
		opt.UserAgent = "codabridge"
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.MaxBody == 0 {
		opt.MaxBody = 10 << 20
	}
	if opt.MaxExport == 0 {
		opt.MaxExport = 8 << 20
	}
	if opt.Token == nil {
		opt.Token = func() (string, error) { return "", errors.New("no Coda token is set") }
	}
	if opt.Sleep == nil {
		opt.Sleep = sleep
	}
	return &Client{
		opt:       opt,
		http:      withoutRedirects(opt.HTTP),
		downloads: map[bool]*downloader{false: newDownloader(false), true: newDownloader(true)},
		limits:    newLimiters(opt.Limits),
		budget:    newBudget(),
		exporting: map[string]chan struct{}{},
	}
}

// OnWrite makes hear hear of each request that may have changed something at
// Coda, once it is over, by the segments of its path; of the last hear alone.
func (c *Client) OnWrite(hear func(path []string)) { c.wrote.Store(&hear) }

// tellWrite tells of a request unless Coda refused it.
func (c *Client) tellWrite(k *call, err error) {
	hear := c.wrote.Load()
	var e *APIError
	if hear == nil || k.method == http.MethodGet || errors.As(err, &e) && e.Status >= 400 && e.Status < 500 {
		return
	}
	(*hear)(k.path)
}

// CloseIdleConnections gives back the connections that wait for a next call.
func (c *Client) CloseIdleConnections() {
	c.http.CloseIdleConnections()
	for _, d := range c.downloads {
		d.CloseIdleConnections()
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// withoutRedirects copies c, or makes a client, that hands 3xx answers back.
// Go drops the Authorization header when a redirect leaves the host, which
// would look like a refused token.
func withoutRedirects(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{Transport: transport()}
	}
	own := *c
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// base gives the checked REST base of the next request.
func (c *Client) base() (string, error) {
	b := ""
	if c.opt.Base != nil {
		b = c.opt.Base()
	}
	if b == "" {
		b = BaseCurrent
	}
	return checkBase(b)
}

func checkBase(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("the Coda address is not a plain URL such as " + BaseCurrent)
	}
	if !safeToSend(u) {
		return "", errors.New("the Coda address " + u.Scheme + "://" + u.Host + " must use https (plain http is for this computer only)")
	}
	return strings.TrimRight(base, "/"), nil
}

// safeToSend reports whether u may carry private data: https, or plain http
// to this computer.
func safeToSend(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	if u.Scheme != "http" {
		return false
	}
	return isLoopbackHost(u.Hostname())
}

// isLoopback says whether a base is on this computer.
func isLoopback(base string) bool {
	u, err := url.Parse(base)
	return err == nil && isLoopbackHost(u.Hostname())
}

func isLoopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}
