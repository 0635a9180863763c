// Package fetch gets the metadata documents of OAuth clients from the internet,
// guarded: a stranger says what their address is.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Bounds of one fetch of a client's metadata document.
const (
	fetchTime  = 5 * time.Second
	fetchBytes = 64 << 10
)

// documentFetch gets client metadata documents. What a stranger puts into
// client_id decides its address, so it must not be able to reach into the
// owner's network, nor to keep us busy.
type documentFetch struct {
	// resolve and dial are the network; tests stand in for it.
	resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	client  *http.Client
	// patience is for the whole fetch, the look-up of the name included.
	patience time.Duration
}

// ClientDocuments returns the one function through which documents of OAuth
// clients are fetched: https on port 443 only, a name and no address, every
// resolved address public, and the checked address dialled (so a name that
// changes its mind in between leads nowhere else); no proxy, no redirect, 5
// seconds and 64 KiB in all, 200 and JSON only. Which hosts may be asked is
// decided before, by package oauth.
func ClientDocuments() func(ctx context.Context, url string) ([]byte, error) {
	return newDocumentFetch().get
}

func newDocumentFetch() *documentFetch {
	f := &documentFetch{
		resolve: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
		dial:     (&net.Dialer{Control: publicOnly}).DialContext,
		patience: fetchTime,
	}
	f.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:       nil, // a proxy from the environment would resolve the name by itself
			DialContext: f.dialChecked, DisableKeepAlives: true, DisableCompression: true,
			MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: false,
		},
	}
	return f
}

func (f *documentFetch) get(ctx context.Context, link string) ([]byte, error) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Hostname() == "" {
		return nil, errors.New("only a plain https address is fetched")
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, errors.New("an address without a name is not fetched")
	}
	ctx, cancel := context.WithTimeout(ctx, f.patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("only a plain https address is fetched")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "codabridge")
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered with status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, fetchBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > fetchBytes {
		return nil, errors.New("it is longer than 64 KiB")
	}
	return body, nil
}

// dialChecked looks a name up once, refuses it when any of its addresses is
// not public, and dials an address of that very answer.
func (f *documentFetch) dialChecked(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	addrs, err := f.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		if !isPublic(a) {
			return nil, errNotPublic
		}
	}
	err = errors.New("the name has no address")
	for _, a := range addrs[:min(len(addrs), 4)] {
		var c net.Conn
		if c, err = f.dial(ctx, network, net.JoinHostPort(a.Unmap().String(), port)); err == nil {
			return c, nil
		}
	}
	return nil, err
}

var errNotPublic = errors.New("the name leads to an address that is not on the internet")

// publicOnly is the last look before a connection is made: at the address
// that the system is about to use.
func publicOnly(_, address string, _ syscall.RawConn) error {
	if a, err := netip.ParseAddrPort(address); err != nil || !isPublic(a.Addr()) {
		return errNotPublic
	}
	return nil
}

// reserved are the ranges of the IANA special-purpose registries that the
// methods of netip.Addr do not know (RFC 6890).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
}

// globalV6 is all of IPv6 that is given out; what wraps an IPv4 address
// (NAT64, mapped, compatible) lies outside.
var globalV6 = netip.MustParsePrefix("2000::/3")

// isPublic tells an address on the internet from one in a house, a provider's
// network or this computer.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" || (a.Is6() && !globalV6.Contains(a)) {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
