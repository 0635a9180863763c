package server

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// slowRegistrations announce a body, from an address behind the tunnel, and
// do not send it; their answers come on the channel.
func (h *harness) slowRegistrations(n int, addr, from string, answers chan<- int) {
	h.t.Helper()
	for range n {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			h.t.Fatal(err)
		}
		h.t.Cleanup(func() { c.Close() })
		fmt.Fprintf(c, "POST /register HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nX-Forwarded-For: %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", from)
		go func() {
			if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
				answers <- resp.StatusCode
			}
		}()
	}
}

// TestStrangersWhoSendNothingMakeRoom: sixteen of an address and three hundred
// in all are waited for; with one more, the one that has kept us waiting for
// longest is told to come again.
func TestStrangersWhoSendNothingMakeRoom(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	answers := make(chan int, 400)
	crowded := func(n int, what string) {
		t.Helper()
		for range n {
			if status := <-answers; status != 503 { // 408 after fifteen seconds
				t.Fatalf("%s: %d", what, status)
			}
		}
	}
	h.slowRegistrations(40, addr, "203.0.113.1", answers)
	crowded(24, "more than sixteen of an address")
	for i := range 18 {
		h.slowRegistrations(16, addr, fmt.Sprintf("198.51.100.%d", i), answers)
	}
	crowded(4, "more than three hundred in all")
	if n := len(answers); n > 0 {
		t.Errorf("%d more were answered", n)
	}
	for _, from := range []string{"203.0.113.1", "192.0.2.77"} {
		resp, b := h.ask("POST", "/register", `{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"none"}`, "X-Forwarded-For", from)
		if resp.StatusCode != 201 {
			t.Errorf("a client that sends what it announces, from %s: %d %s", from, resp.StatusCode, b)
		}
	}
	if status := h.ping(h.reader); status != 200 {
		t.Errorf("a client with a token: %d", status)
	}
}

// TestALongPollIsAnsweredAtOnceWhenCrowded: it waits for the owner, and would
// keep others out while it does.
func TestALongPollIsAnsweredAtOnceWhenCrowded(t *testing.T) {
	h := newHarness(t)
	srv := httptest.NewServer(h.handler)
	t.Cleanup(srv.Close)
	from := []string{"X-Forwarded-For", "203.0.113.9"}
	resp, _ := h.ask("GET", "/authorize?"+asking().Encode(), "", from...)
	cookie := resp.Cookies()[0]
	polled, crowd := make(chan string, 1), make(chan int, 1000)
	go func() {
		resp, b := h.ask("GET", "/authorize/wait?"+asking().Encode(), "", append(from, "Accept", "application/json", "Cookie", cookie.Name+"="+cookie.Value)...)
		polled <- fmt.Sprint(resp.StatusCode, " ", string(b))
	}()
	for others := 0; ; others++ {
		select {
		case got := <-polled:
			if !strings.Contains(got, `200 {"status":"waiting"`) || others > 500 { // in the time that a poll is held many more come
				t.Error(got, others)
			}
			return
		case <-time.After(10 * time.Millisecond): // it may not have begun yet
			h.slowRegistrations(1, srv.Listener.Addr().String(), "203.0.113.9", crowd)
		}
	}
}

// TestADoorHasItsOwnNames: behind the tunnel only the public name counts, and
// on this computer only local names, but for the owner's own proxy.
func TestADoorHasItsOwnNames(t *testing.T) {
	h := newHarness(t)
	local := h.mintFor("http://127.0.0.1:8085")
	for _, c := range []struct {
		name    string
		door    http.Handler
		host    string
		token   string
		proxied bool
		want    int
	}{
		{"the tunnel by its name", h.server.Public(), "abc.ngrok-free.dev", h.reader, false, 200},
		{"the tunnel by a local name", h.server.Public(), "127.0.0.1:8085", local, false, 403},
		{"the tunnel by a local name, with its own token", h.server.Public(), "localhost:8085", h.reader, false, 403},
		{"the tunnel by the owner's door", h.server.Public(), "127.0.0.1:8086", h.reader, false, 403},
		{"the tunnel with a local token", h.server.Public(), "abc.ngrok-free.dev", local, false, 401},
		{"the local door by its name", h.server.Local(), "127.0.0.1:8085", local, false, 200},
		{"the local door by the public name", h.server.Local(), "abc.ngrok-free.dev", h.reader, false, 403},
		{"the local door by the public name and port", h.server.Local(), "ABC.ngrok-free.dev:443", h.reader, false, 403},
		{"the local door with a public token", h.server.Local(), "127.0.0.1:8085", h.reader, false, 401},
		{"the owner's proxy before the local door", h.server.Local(), "abc.ngrok-free.dev", h.reader, true, 200},
		{"local names beside the owner's proxy", h.server.Local(), "127.0.0.1:8085", local, true, 200},
		{"a local token by the owner's proxy", h.server.Local(), "abc.ngrok-free.dev", local, true, 401},
	} {
		h.proxied.Store(c.proxied)
		req := httptest.NewRequest("POST", "/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
		req.Host = c.host
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+c.token)
		req.Header.Set("X-Forwarded-Host", "abc.ngrok-free.dev")
		rec := httptest.NewRecorder()
		c.door.ServeHTTP(rec, req)
		if rec.Code != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, rec.Code, c.want, rec.Body)
		}
	}
}
