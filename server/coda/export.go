package coda

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// exportEarly is how many polls, some two seconds, may answer 404 before that
// is believed.
const exportEarly = 8

// exportPause is the wait before the n-th poll, from 0. Most pages are ready
// within seconds, and a person waits: for five of them we are at most 0.3 s
// late, then the wait grows to a second.
func exportPause(n int) time.Duration {
	switch {
	case n < 3:
		return time.Duration(150+50*n) * time.Millisecond
	case n < 18:
		return 300 * time.Millisecond
	case n < 23:
		return 700 * time.Millisecond
	}
	return time.Second
}

// exportStatus is the answer to a poll. Its status field is a free text, so
// only the link and the error decide.
type exportStatus struct {
	ID           string `json:"id"`
	DownloadLink string `json:"downloadLink"`
	Error        string `json:"error"`
}

// ExportPage reads a page as Markdown or HTML (operations
// beginPageContentExport and getPageContentExportStatus, then the download).
// It waits at most a minute. A token that may only GET is refused with
// KindForbidden, a page that is no canvas with KindBadRequest. Exports of the
// same page follow one another, since they share one place in Coda's storage.
func (c *Client) ExportPage(ctx context.Context, doc, page, format string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	release, err := c.exportSlot(ctx, doc+"/"+page)
	if err != nil {
		return "", fmt.Errorf("coda: export page: %w", err)
	}
	defer release()
	var begun exportStatus
	path := []string{"docs", doc, "pages", page, "export"}
	err = c.do(ctx, &call{op: "export page", method: http.MethodPost, bucket: writeBucket, path: path,
		body: map[string]string{"outputFormat": format}, out: &begun})
	if err != nil {
		return "", err
	}
	path = append(path, begun.ID)
	link, err := c.awaitExport(ctx, path)
	if err != nil {
		return "", err
	}
	text, expired, err := c.fetchExport(ctx, link)
	if !expired {
		return text, err
	}
	// The link lives five minutes; asking again makes a new one.
	if link, err = c.awaitExport(ctx, path); err != nil {
		return "", err
	}
	text, _, err = c.fetchExport(ctx, link)
	return text, err
}

// exportSlot waits until no other export of the page runs in this process.
func (c *Client) exportSlot(ctx context.Context, key string) (release func(), err error) {
	for {
		c.mu.Lock()
		busy, ok := c.exporting[key]
		if !ok {
			done := make(chan struct{})
			c.exporting[key] = done
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.exporting, key)
				c.mu.Unlock()
				close(done)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// awaitExport polls until there is a link or an error.
func (c *Client) awaitExport(ctx context.Context, path []string) (string, error) {
	for i := 0; ; i++ {
		if err := c.opt.Sleep(ctx, exportPause(i)); err != nil {
			return "", fmt.Errorf("coda: export page: %w", err)
		}
		s, err := get[exportStatus](ctx, c, "export page", readBucket, nil, path...)
		switch {
		case IsKind(err, KindNotFound) && i < exportEarly:
		case err != nil:
			return "", err
		case s.DownloadLink != "":
			return s.DownloadLink, nil
		case s.Error != "":
			return "", &APIError{Operation: "export page", Kind: KindExportFailed, Message: clip(s.Error, 300)}
		}
	}
}

// downloader copies the transport of c into a client that never carries the
// token and follows only to safe places.
func downloader(c *http.Client) *http.Client {
	own := withoutRedirects(c)
	own.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) >= 3 || !safeToSend(req.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return own
}

// fetchExport downloads a link. Accept-Encoding is left to the transport,
// which undoes the gzip that the storage applies. The link is a permission in
// itself, so no error names it.
func (c *Client) fetchExport(ctx context.Context, link string) (text string, expired bool, err error) {
	const op = "download export"
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || !safeToSend(u) {
		return "", false, &APIError{Operation: op, Kind: KindOdd, Message: "the download link is not a safe address"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return "", false, &APIError{Operation: op, Kind: KindOdd, Message: "the download link cannot be used"}
	}
	req.Header.Set("User-Agent", c.opt.UserAgent)
	resp, err := c.download.Do(req)
	if err != nil {
		return "", false, networkError(op, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.opt.MaxExport+1))
	if err != nil {
		return "", false, networkError(op, err)
	}
	switch {
	case resp.StatusCode == http.StatusForbidden || isStorageError(body):
		return "", true, &APIError{Operation: op, Status: http.StatusForbidden, Kind: KindUnavailable,
			Message: "the storage says that the download link has expired"}
	case resp.StatusCode != http.StatusOK:
		return "", false, &APIError{Operation: op, Status: resp.StatusCode, Kind: kindOf(resp.StatusCode, ""),
			Message: "the storage did not hand out the exported page"}
	case int64(len(body)) > c.opt.MaxExport:
		return "", false, &APIError{Operation: op, Kind: KindTooLarge,
			Message: fmt.Sprintf("the exported page is over %d MiB", c.opt.MaxExport>>20)}
	}
	return string(body), false, nil
}

// isStorageError recognises the XML that stands in for an expired file, at
// times with status 200. A page that merely begins with XML has no <Error.
func isStorageError(body []byte) bool {
	head := body[:min(len(body), 300)]
	return bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<Error"))
}
