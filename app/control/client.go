package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"codabridge/app/channel"
	"codabridge/server/state"
)

// ErrNotRunning says that no instance has this data folder.
var ErrNotRunning = channel.ErrNotRunning

// Client asks the running instance of a data folder.
type Client struct {
	http *http.Client
}

// NewClient prepares a client; it opens nothing. Calls answer ErrNotRunning
// when no instance listens.
func NewClient(dataDir string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return channel.Dial(ctx, dataDir) }
	return &Client{http: &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Status gives the State of the instance.
func (c *Client) Status(ctx context.Context) (state.State, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var s state.State
	err := c.Do(ctx, "status", &s)
	return s, err
}

// Link gives a fresh one-time link to a view of the owner's page, or to its first.
func (c *Client) Link(ctx context.Context, view string) (string, error) {
	var v struct{ Link string }
	err := c.Do(ctx, "link", &v, "view", view)
	return v.Link, err
}

// Show opens a view of the owner's page, or its first, on the desktop of the
// running instance; it fails where that instance has no desktop.
func (c *Client) Show(ctx context.Context, view string) error {
	return c.Do(ctx, "show", nil, "view", view)
}

// Do does one of the owner's actions by its name, or one of the few other
// things that the socket knows, with fields as pairs of name and value. The
// answer is decoded into what is given, unless that is nil; the error is the
// instance's sentence.
func (c *Client) Do(ctx context.Context, name string, into any, fields ...string) error {
	resp, err := c.Open(ctx, name, fields...)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// Stream is Open for an answer that may go on for as long as ctx does.
func (c *Client) Stream(ctx context.Context, name string, fields ...string) (*http.Response, error) {
	endless := *c.http
	endless.Timeout = 0
	return (&Client{http: &endless}).Open(ctx, name, fields...)
}

// Open is Do for an answer that stays open; the caller closes its body.
func (c *Client) Open(ctx context.Context, name string, fields ...string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://codabridge/"+name, strings.NewReader(channel.FormOf(fields).Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.http.Do(req)
	if channel.NotRunning(err) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("the running instance does not answer: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, channel.RefusalOf(resp.Status, resp.Body)
}
