package app

import (
	"context"
	"fmt"
	"net/url"
)

// Search asks the index of the instance.
func (c *Client) Search(ctx context.Context, query string) (SearchAnswer, error) {
	var out SearchAnswer
	err := c.ask(ctx, "POST", "/search", url.Values{"query": {query}}, &out)
	return out, err
}

// SetIndex switches the index on or off; off removes it.
func (c *Client) SetIndex(ctx context.Context, on bool) error {
	return c.ask(ctx, "POST", "/index/enabled", url.Values{"on": {fmt.Sprint(on)}}, nil)
}

// PauseIndex holds the crawler, or lets it go on.
func (c *Client) PauseIndex(ctx context.Context, on bool) error {
	return c.ask(ctx, "POST", "/index/paused", url.Values{"on": {fmt.Sprint(on)}}, nil)
}

// RebuildIndex makes the index anew, or one doc of it.
func (c *Client) RebuildIndex(ctx context.Context, doc string) error {
	return c.ask(ctx, "POST", "/index/rebuild", url.Values{"doc": {doc}}, nil)
}

// ExcludeDocument leaves a doc out of the index, or lets it in again; the
// sentence says what was done.
func (c *Client) ExcludeDocument(ctx context.Context, doc string, on bool) (string, error) {
	var out struct{ Message string }
	err := c.ask(ctx, "POST", "/index/exclude", url.Values{"doc": {doc}, "on": {fmt.Sprint(on)}}, &out)
	return out.Message, err
}

// Index gives the state of the index with all docs that it knows.
func (c *Client) Index(ctx context.Context) (IndexState, error) {
	var s IndexState
	err := c.ask(ctx, "GET", "/index", nil, &s)
	return s, err
}
