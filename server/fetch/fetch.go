// Package fetch goes where others say: to the metadata documents of OAuth
// clients, and, by its Dialer, to what Coda's answers point to. A stranger may
// have chosen the address, so it says what is on the internet, once for all,
// and looks at the address that is dialled.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
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
	*Dialer
	client *http.Client
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
	f := &documentFetch{Dialer: NewDialer(false), patience: fetchTime}
	f.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:       nil, // a proxy from the environment would resolve the name by itself
			DialContext: f.DialContext, DisableKeepAlives: true, DisableCompression: true,
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
