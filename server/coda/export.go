package coda

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"codabridge/server/fault"
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
	link, err = c.awaitExport(ctx, path)
	if err != nil {
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
			return "", &APIError{Operation: "export page", Kind: KindExportFailed, Message: fault.Clip(s.Error, 300)}
		}
	}
}
