package server

import (
	"bufio"
	"codabridge/server/public"
	"codabridge/server/tools"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// stream opens an event stream and gives its reader.
func (h *harness) stream(srv *httptest.Server, path, token string) (*bufio.Reader, io.Closer, int) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	h.t.Cleanup(cancel)
	req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+path, nil)
	req.Host = strings.TrimPrefix(h.public, "https://")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := srv.Client().Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	return bufio.NewReader(resp.Body), resp.Body, resp.StatusCode
}

// openStream opens a stream of the older transport and gives the place for its
// messages.
func (h *harness) openStream(srv *httptest.Server, token string) (place string, r *bufio.Reader) {
	h.t.Helper()
	r, body, status := h.stream(srv, "/sse", token)
	h.t.Cleanup(func() { body.Close() })
	for place == "" {
		line, err := r.ReadString('\n')
		if err != nil {
			h.t.Fatalf("%d %v", status, err)
		}
		if data, _ := strings.CutPrefix(strings.TrimSpace(line), "data: "); strings.HasPrefix(data, "/messages") {
			place = data
		}
	}
	return place, r
}

// TestARevokedConnectionLosesItsStreams: streams used to stay open, and kept
// their slots, after the owner had revoked the connection.
func TestARevokedConnectionLosesItsStreams(t *testing.T) {
	h := newHarness(t)
	srv := httptest.NewServer(h.handler)
	defer srv.Close()
	for _, path := range []string{"/mcp", "/sse"} {
		token := h.mint("coda.read")
		r, body, status := h.stream(srv, path, token)
		if first, err := r.ReadString('\n'); status != 200 || err != nil {
			t.Fatalf("%s: %d %q %v", path, status, first, err)
		}
		all, err := h.oauth.Connections(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if grant, err := h.oauth.Authenticate(t.Context(), h.public, token); err == nil && c.ID == grant.ID {
				if err := h.oauth.Revoke(t.Context(), c.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		h.server.GrantsChanged()
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("%s: the stream did not end: %v", path, err)
		}
		body.Close()
	}
}

// TestOneClientCannotTakeAllStreams: the slots were shared by all, so one
// client could shut the others out.
func TestOneClientCannotTakeAllStreams(t *testing.T) {
	h := newHarness(t)
	srv := httptest.NewServer(h.handler)
	defer srv.Close()
	refused := 0
	for range public.MaxStreamsEach + 5 {
		_, body, status := h.stream(srv, "/mcp", h.reader)
		defer body.Close()
		if status == 503 {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d streams of one client were refused, want 5", refused)
	}
	if _, body, status := h.stream(srv, "/mcp", h.writer); status != 200 {
		t.Errorf("another client got %d", status)
	} else {
		body.Close()
	}
}

// TestASessionBelongsToItsConnection: a message with another connection's
// token used to be put into the stream whose id it named.
func TestASessionBelongsToItsConnection(t *testing.T) {
	h := newHarness(t)
	srv := httptest.NewServer(h.handler)
	t.Cleanup(srv.Close)
	place, _ := h.openStream(srv, h.reader)
	for token, want := range map[string]int{h.writer: 404, h.reader: 202} {
		req := httptest.NewRequest("POST", h.public+place, strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		if resp := h.do(req); resp.StatusCode != want {
			b, _ := io.ReadAll(resp.Body)
			t.Errorf("status %d, want %d: %s", resp.StatusCode, want, b)
		}
	}
}

// TestACallOnAStreamIsWaitedFor: its request has ended long before, so that nothing
// else keeps the end of the program from coming before it is noted.
func TestACallOnAStreamIsWaitedFor(t *testing.T) {
	for name, message := range map[string]string{"a call": listDocuments(1), "a batch": "[" + listDocuments(1) + "," + listDocuments(2) + "]"} {
		h := newHarness(t)
		ended, noting := make(chan struct{}, 2), make(chan struct{})
		h.noted = func(tools.Call) {
			ended <- struct{}{}
			<-noting
		}
		srv := httptest.NewServer(h.handler)
		t.Cleanup(srv.Close)
		place, r := h.openStream(srv, h.reader)
		begin := `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}` // which has batches
		for _, m := range []string{begin, message} {
			if resp, body := h.ask("POST", place, m, "Authorization", "Bearer "+h.reader); resp.StatusCode != 202 {
				t.Fatalf("%s: %s %s", name, resp.Status, body)
			}
			for line := ""; m == begin && !strings.Contains(line, "protocolVersion"); {
				var err error
				line, err = r.ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		<-ended
		h.server.Drain()
		if h.server.Wait(0) {
			t.Errorf("%s that is not noted yet counts as ended", name)
		}
		close(noting)
		if !h.server.Wait(time.Minute) {
			t.Errorf("%s has not ended", name)
		}
	}
}
