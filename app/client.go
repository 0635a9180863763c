package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"codabridge/app/control"
)

// ErrNotRunning says that no instance has this data folder.
var ErrNotRunning = errors.New("codabridge is not running with this data folder; start it with: codabridge, or codabridge serve")

// Client asks the running instance of a data folder.
type Client struct {
	http *http.Client
}

// NewClient prepares a client; it opens nothing. Calls answer ErrNotRunning
// when no instance listens.
func NewClient(dataDir string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return control.Dial(ctx, dataDir) }
	return &Client{http: &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Status gives the State of the instance.
func (c *Client) Status(ctx context.Context) (State, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var s State
	err := c.ask(ctx, "GET", "/status", nil, &s)
	return s, err
}

// Approve says yes to the request with this code, and gives who was let in to
// do what.
func (c *Client) Approve(ctx context.Context, code string, write bool) (WaitingRequest, error) {
	var who WaitingRequest
	err := c.ask(ctx, "POST", "/approve", url.Values{"code": {code}, "write": {fmt.Sprint(write)}}, &who)
	return who, err
}

// Deny says no to the request with this code.
func (c *Client) Deny(ctx context.Context, code string) error {
	return c.ask(ctx, "POST", "/deny", url.Values{"code": {code}}, nil)
}

// Revoke ends a connection.
func (c *Client) Revoke(ctx context.Context, id string) error {
	return c.ask(ctx, "POST", "/revoke", url.Values{"id": {id}}, nil)
}

// SetReadOnly turns the switch against all writing.
func (c *Client) SetReadOnly(ctx context.Context, on bool) error {
	return c.ask(ctx, "POST", "/read-only", url.Values{"on": {fmt.Sprint(on)}}, nil)
}

// Link gives a fresh one-time link to the owner's page.
func (c *Client) Link(ctx context.Context) (string, error) {
	var v struct{ Link string }
	err := c.ask(ctx, "POST", "/link", nil, &v)
	return v.Link, err
}

// Show opens the owner's page on the desktop of the running instance; it fails
// where that instance has no desktop.
func (c *Client) Show(ctx context.Context) error { return c.ask(ctx, "POST", "/show", nil, nil) }

// Reload makes the instance read the keyring again.
func (c *Client) Reload(ctx context.Context) error { return c.ask(ctx, "POST", "/reload", nil, nil) }

func (c *Client) ask(ctx context.Context, method, path string, form url.Values, into any) error {
	resp, err := c.open(ctx, method, path, form)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// open sends a request and gives its answer when it is a good one; the caller
// closes the body.
func (c *Client) open(ctx context.Context, method, path string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://codabridge"+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.http.Do(req)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("the running instance does not answer: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	var fault struct{ Error string }
	if json.NewDecoder(resp.Body).Decode(&fault) != nil || fault.Error == "" {
		return nil, fmt.Errorf("the running instance answered %s", resp.Status)
	}
	return nil, errors.New(fault.Error)
}
