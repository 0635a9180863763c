package coda

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"codabridge/server/fetch"
)

// downloader gets files from where an answer points to, without the token. Its
// word is not trusted with the owner's network: it goes to the internet only,
// by https, and so do all redirects.
type downloader struct {
	guard   *fetch.Dialer
	direct  *http.Transport // looks at the address that it dials
	proxied *http.Transport // the owner's proxy makes the connection
	client  *http.Client
	// loopback allows this computer too, by plain http as well: for a base
	// that is on it.
	loopback bool
}

func newDownloader(loopback bool) *downloader {
	d := &downloader{guard: fetch.NewDialer(loopback), loopback: loopback, direct: transport(), proxied: transport()}
	d.direct.Proxy = nil
	d.direct.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		return d.guard.DialContext(ctx, network, addr)
	}
	d.client = &http.Client{Transport: d, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > 3 || !d.takes(req.URL) {
			return errElsewhere
		}
		return nil
	}}
	return d
}

// errElsewhere says that a link does not lead where a download may go.
var errElsewhere = errors.New("it does not lead to the internet")

// takes says whether a link may be followed, before its name is looked up.
func (d *downloader) takes(u *url.URL) bool {
	return u.Host != "" && u.User == nil && (u.Scheme == "https" || d.loopback && safeToSend(u))
}

// RoundTrip chooses the way: a proxy looks names up by itself, so what it is
// asked for is looked at before.
func (d *downloader) RoundTrip(req *http.Request) (*http.Response, error) {
	proxy, err := http.ProxyFromEnvironment(req)
	if err != nil || proxy == nil {
		return d.direct.RoundTrip(req)
	}
	if err := d.guard.Check(req.Context(), req.URL.Hostname()); err != nil {
		return nil, err
	}
	return d.proxied.RoundTrip(req)
}

// CloseIdleConnections gives back the connections that wait for a next file.
func (d *downloader) CloseIdleConnections() {
	d.direct.CloseIdleConnections()
	d.proxied.CloseIdleConnections()
}

// transport is the one that we send by when none is given.
func transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 8
	t.ResponseHeaderTimeout = time.Minute
	return t
}

// fetchExport downloads a link. Accept-Encoding is left to the transport,
// which undoes the gzip that the storage applies. The link is a permission in
// itself, so no error names it.
func (c *Client) fetchExport(ctx context.Context, link string) (text string, expired bool, err error) {
	const op = "download export"
	base, err := c.base()
	if err != nil {
		return "", false, fmt.Errorf("coda: %s: %w", op, err)
	}
	d := c.downloads[isLoopback(base)]
	u, err := url.Parse(link)
	if err != nil || !d.takes(u) {
		return "", false, notFollowed(op, errElsewhere)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return "", false, &APIError{Operation: op, Kind: KindOdd, Message: "the download link cannot be used"}
	}
	req.Header.Set("User-Agent", c.opt.UserAgent)
	resp, err := d.client.Do(req)
	switch {
	case errors.Is(err, errElsewhere):
		return "", false, notFollowed(op, errElsewhere)
	case errors.Is(err, fetch.ErrNotPublic):
		return "", false, notFollowed(op, fetch.ErrNotPublic)
	case err != nil:
		return "", false, networkError(op, err)
	}
	defer resp.Body.Close()
	return c.readExport(ctx, op, resp)
}

func notFollowed(op string, why error) error {
	return &APIError{Operation: op, Kind: KindOdd, Message: "the download link was not followed", Err: why}
}

// readExport reads a file that was found, up to the limit.
func (c *Client) readExport(ctx context.Context, op string, resp *http.Response) (text string, expired bool, err error) {
	_, err = c.readAnswer(ctx, op, resp, c.opt.MaxExport, func(b []byte) int64 { return int64(len(b)) }, func(b []byte) error {
		text = string(b)
		return nil
	})
	switch {
	case IsKind(err, KindTooLarge) && resp.StatusCode == http.StatusOK:
		return "", false, &APIError{Operation: op, Kind: KindTooLarge,
			Message: fmt.Sprintf("the exported page is over %d MiB", c.opt.MaxExport>>20)}
	case err != nil:
		return "", false, err
	case resp.StatusCode == http.StatusForbidden || isStorageError(text):
		return "", true, &APIError{Operation: op, Status: http.StatusForbidden, Kind: KindUnavailable,
			Message: "the storage says that the download link has expired"}
	case resp.StatusCode != http.StatusOK:
		return "", false, &APIError{Operation: op, Status: resp.StatusCode, Kind: kindOf(resp.StatusCode, ""),
			Message: "the storage did not hand out the exported page"}
	}
	return text, false, nil
}

// isStorageError recognises the XML that stands in for an expired file, at
// times with status 200. A page that merely begins with XML has no <Error.
func isStorageError(text string) bool {
	return strings.HasPrefix(text, "<?xml") && strings.Contains(text[:min(len(text), 300)], "<Error")
}
