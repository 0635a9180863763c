package coda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"codabridge/server/fault"
)

// maxRequest is the largest request body Coda takes.
const maxRequest = 2 << 20

// call is one API call before it is sent.
type call struct {
	op     string // for messages: "list rows"
	method string
	path   []string // unescaped segments
	query  url.Values
	body   any
	out    any
	bucket bucket
	fresh  bool // ask for the latest doc version only
	own504 bool // the caller has its own remedy for a 504
	// mayBeEmpty takes an answer without a body for a success.
	mayBeEmpty bool
}

// segment makes one path segment of an id or name. A model may send anything,
// so whatever could leave the path is refused here, in the one place that
// builds paths.
func segment(s string) (string, error) {
	if s == "" || len(s) > 1024 {
		return "", fmt.Errorf("%w: %d characters long", ErrSegment, len(s))
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", fmt.Errorf("%w: control characters", ErrSegment)
	}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == "." || part == ".." {
			return "", fmt.Errorf("%w: %q", ErrSegment, fault.Clip(s, 40))
		}
	}
	return url.PathEscape(s), nil
}

func (c *call) url(base string) (string, error) {
	var b strings.Builder
	b.WriteString(base)
	for _, p := range c.path {
		s, err := segment(p)
		if err != nil {
			return "", err
		}
		b.WriteByte('/')
		b.WriteString(s)
	}
	if len(c.query) > 0 {
		b.WriteByte('?')
		b.WriteString(c.query.Encode())
	}
	return b.String(), nil
}

// do sends a call, repeats it where that is safe, and decodes the answer.
func (c *Client) do(ctx context.Context, k *call) error {
	base, err := c.base()
	if err != nil {
		return fmt.Errorf("coda: %s: %w", k.op, err)
	}
	addr, err := k.url(base)
	if err != nil {
		return fmt.Errorf("coda: %s: %w", k.op, err)
	}
	var payload []byte
	if k.body != nil {
		payload, err = json.Marshal(k.body)
		if err != nil {
			return fmt.Errorf("coda: %s: %w", k.op, err)
		}
		if len(payload) > maxRequest {
			return &APIError{Operation: k.op, Kind: KindTooLarge,
				Message: fmt.Sprintf("the request is %d KB and Coda takes at most 2 MB; send fewer rows at once", len(payload)>>10)}
		}
	}
	err = c.attempts(ctx, k, addr, payload)
	c.tellWrite(k, err)
	return err
}

// attempts is the loop of do: limiter, request, pause, again.
func (c *Client) attempts(ctx context.Context, k *call, addr string, payload []byte) error {
	soFar := tries{mark: c.stuck.mark()}
	for {
		room, err := c.limits.wait(ctx, k.bucket)
		if err != nil {
			return fmt.Errorf("coda: %s: %w", k.op, err)
		}
		token, err := c.opt.Token()
		if err != nil {
			room.unused()
			return fmt.Errorf("coda: %s: %w", k.op, err)
		}
		if err := k.lastLook(ctx); err != nil {
			room.unused()
			return err
		}
		err = c.once(ctx, k, addr, token, payload, room)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("coda: %s: %w", k.op, ctx.Err())
		}
		var e *APIError
		if !errors.As(err, &e) {
			return err
		}
		if e.Status == http.StatusUnauthorized && c.replaced(token) {
			continue // nothing was done, and what was refused is not in use any more
		}
		if e.Status == http.StatusTooManyRequests {
			room.refused(e.RetryAfter)
		}
		pause := c.pause(k, e, &soFar)
		if pause == 0 || passes(ctx, pause) || c.opt.Sleep(ctx, pause) != nil {
			return err
		}
	}
}

type lookKey struct{}

// WithLastLook has look asked right before a request that writes is sent, after
// all waiting and before each repeat. Its error is that of the call, and nothing
// is sent.
func WithLastLook(ctx context.Context, look func() error) context.Context {
	return context.WithValue(ctx, lookKey{}, look)
}

// lastLook asks what WithLastLook was given. An export is begun by a POST, and
// changes nothing.
func (c *call) lastLook(ctx context.Context) error {
	look, ok := ctx.Value(lookKey{}).(func() error)
	if !ok || c.method == http.MethodGet || c.op == "export page" || c.op == "beginPageContentExport" {
		return nil
	}
	return look()
}

// once sends one request with the token, which lives no longer than it, in its
// place of the limiter.
func (c *Client) once(ctx context.Context, k *call, addr, token string, payload []byte, room place) error {
	req, err := http.NewRequestWithContext(ctx, k.method, addr, bytes.NewReader(payload))
	if err != nil {
		room.unused()
		return fmt.Errorf("coda: %s: the address cannot be used", k.op)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("User-Agent", c.opt.UserAgent)
	req.Header.Set("Accept", "application/json")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if k.fresh {
		req.Header.Set("X-Coda-Doc-Version", "latest")
	}
	start := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		c.opt.Log.Debug("coda request without answer", "op", k.op, "took", time.Since(start))
		failed := networkError(k.op, err)
		if failed.Unsent {
			room.unused()
		} else {
			room.lost()
		}
		return failed
	}
	defer resp.Body.Close()
	room.answered()
	c.opt.Log.Debug("coda request", "op", k.op, "status", resp.StatusCode, "took", time.Since(start))
	return c.receive(ctx, k, resp, token)
}

// mostRefusal is how much is read of an answer that is an error.
const mostRefusal = 64 << 10

// receive decodes a response into the call's out, or makes an error of it.
func (c *Client) receive(ctx context.Context, k *call, resp *http.Response, token string) error {
	if resp.StatusCode != http.StatusTooManyRequests {
		c.stuck.success()
	}
	if resp.StatusCode >= 300 {
		body, err := io.ReadAll(io.LimitReader(resp.Body, mostRefusal))
		if err != nil {
			return networkError(k.op, err)
		}
		return refusal(k.op, resp, body, token)
	}
	size := func(text []byte) int64 { return weight(text, k.out) }
	kept, err := c.readAnswer(ctx, k.op, resp, c.opt.MaxBody, size, k.decode)
	if p, ok := k.out.(interface{ keep(func()) }); ok && err == nil {
		if h, ends := held(ctx); !ends {
			p.keep(func() { h.give(kept) })
		}
	}
	return err
}

// decode reads an answer into the call's out.
func (k *call) decode(body []byte) error {
	if k.out == nil || k.mayBeEmpty && len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	switch out := k.out.(type) {
	case *Page[Row]:
		if read, ok := rowsOf(body); ok {
			out.Items, out.NextPageToken, out.NextSyncToken = read.Items, read.NextPageToken, read.NextSyncToken
			return nil
		}
	case *Row:
		if read, ok := rowOf(body); ok {
			*out = read
			return nil
		}
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // large ids and amounts must come out as they came in
	if err := lenient(dec.Decode(k.out)); err != nil {
		return &APIError{Operation: k.op, Kind: KindOdd, Message: "the answer is not the JSON that was expected", Err: err}
	}
	return nil
}

// refusal makes the error of an answer that is not a success.
func refusal(op string, resp *http.Response, body []byte, token string) *APIError {
	e := &APIError{Operation: op, Status: resp.StatusCode}
	if loc, err := resp.Location(); err == nil && resp.StatusCode < 400 {
		e.Kind = KindMoved
		e.Message = "it points to " + loc.Scheme + "://" + loc.Host + ", which was not followed because the token would be lost or leaked on the way"
		return e
	}
	e.Message = errorMessage(resp.StatusCode, body)
	if token != "" {
		e.Message = strings.ReplaceAll(e.Message, token, "(token)")
	}
	e.Kind = kindOf(resp.StatusCode, e.Message)
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"))
	return e
}

// retryAfter reads the header in both its forms (RFC 9110 section 10.2.3),
// clamped to 1-60 s; zero when there is none.
func retryAfter(h string) time.Duration {
	var d time.Duration
	if s, err := strconv.Atoi(strings.TrimSpace(h)); err == nil {
		d = time.Duration(min(max(s, 0), 60)) * time.Second
	} else if at, err := http.ParseTime(h); err == nil {
		d = time.Until(at)
	} else {
		return 0
	}
	return min(max(d, time.Second), time.Minute)
}

// networkError drops the address that net/http puts in its errors: a query
// may hold what the owner searched for.
func networkError(op string, err error) *APIError {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var dial *net.OpError
	unsent := errors.As(err, &dial) && (dial.Op == "dial" || dial.Op == "proxyconnect")
	return &APIError{Operation: op, Kind: KindNetwork, Message: "Coda could not be reached", Unsent: unsent, Err: err}
}
