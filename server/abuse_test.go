package server

import (
	"bufio"
	"codabridge/server/door"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// soak says that the abuse tests run in their full size; without it they run
// scaled down, in a few seconds.
var soak = os.Getenv("CODABRIDGE_SOAK") != ""

// size picks how often something is done.
func size(full, usual int) int {
	if soak {
		return full
	}
	return usual
}

// liveServer serves the public door as the app does, with less patience for
// slow headers so that the test is short.
func liveServer(t *testing.T, h *harness) (addr string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = door.HTTPServer(h.handler, slog.New(slog.DiscardHandler))
	srv.Config.ReadHeaderTimeout = time.Second
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

// used is the heap in use once garbage is gone.
func used() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// settles waits until no more goroutines run than before.
func settles(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		runtime.Gosched()
		if n := runtime.NumGoroutine(); n <= before {
			return
		} else if time.Now().After(end) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before\n%s", n, before, buf[:runtime.Stack(buf, true)])
		}
	}
}

// TestFloodsLeaveARealClientAtWork floods every open endpoint, from one
// address and from many, while a real client works and the owner's own
// request waits.
func TestFloodsLeaveARealClientAtWork(t *testing.T) {
	for name, many := range map[string]bool{"one address": false, "many addresses": true} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			count := size(10_000, 250)
			client := h.connect(t)
			usual := h.pace(count, client.Access, func(int) {})
			memory, goroutines := used(), runtime.NumGoroutine()

			q := asking("state", "the owner's own")
			resp, page := h.ask("GET", "/authorize?"+q.Encode(), "", "X-Forwarded-For", "192.0.2.7")
			cookie, code := resp.Cookies()[0], group(shownCode, page)
			flooded := h.pace(count, client.Access, func(i int) {
				addr := "203.0.113.9"
				if many {
					addr = fmt.Sprintf("10.1.%d.%d", i/250, i%250)
				}
				h.clock.Advance(10 * time.Millisecond)
				h.annoy(i, addr)
				if i%200 == 0 {
					h.ask("GET", "/authorize/wait?"+q.Encode(), "", "Accept", "text/html", "X-Forwarded-For", "192.0.2.7", "Cookie", cookie.Name+"="+cookie.Value)
				}
			})
			if err := h.server.Approve(t.Context(), code, true); err != nil {
				t.Error("the owner's own request is gone:", err)
			}
			grown := used() - memory
			settles(t, goroutines)
			all, granted, err := h.db.CountClients(t.Context())
			size := h.onDisk()
			if err != nil || all > 210 || size > 8<<20 || grown > 48<<20 {
				t.Errorf("%d clients, database %d KiB, heap grew by %d KiB, %v", all, size>>10, grown>>10, err)
			}
			t.Logf("%d rounds of 5 requests from %s: a real client's call p50 %v, %v before; heap %+d KiB, database %d KiB, %d clients (%d granted)",
				count, name, flooded, usual, grown>>10, size>>10, all, granted)
			if soak && flooded > 2*usual {
				t.Errorf("a real client got slower than twice its usual")
			}
		})
	}
}

// onDisk is what the database takes, its log included.
func (h *harness) onDisk() (bytes int64) {
	for _, ending := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(h.path + ending); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// annoy is one round of a flood: a registration, a sign-in, a wrong code, a
// wrong refresh token, a wrong access token.
func (h *harness) annoy(i int, addr string) {
	from := []string{"X-Forwarded-For", addr}
	h.ask("POST", "/register", `{"redirect_uris":["http://localhost/cb"],"client_name":"`+strings.Repeat("x", 500)+`"}`, from...)
	h.ask("GET", "/authorize?"+asking("state", fmt.Sprint(i)).Encode(), "", from...)
	wrong := fmt.Sprintf("%043d", i)
	h.ask("POST", "/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {claude}, "redirect_uri": {claudeRedirect}, "code": {"cbc_" + wrong}, "code_verifier": {pkceVerifier}}.Encode(), from...)
	h.ask("POST", "/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {claude}, "refresh_token": {"cbr_" + wrong}}.Encode(), from...)
	h.ask("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, append(from, "Authorization", "Bearer cba_"+wrong)...)
}

// pace measures a real client's calls with other things happening in between.
func (h *harness) pace(count int, access string, between func(i int)) time.Duration {
	h.t.Helper()
	var took []time.Duration
	for i := range count {
		between(i)
		start := time.Now()
		if status := h.ping(access); status != 200 {
			h.t.Fatalf("call %d of the real client: %d", i, status)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// TestIdleSlowAndStreamingConnectionsLeaveNothingBehind holds very many
// connections open in every way, works beside them, and lets them go.
func TestIdleSlowAndStreamingConnectionsLeaveNothingBehind(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	call := func() int {
		req, _ := http.NewRequest("POST", "http://"+addr+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
		req.Host, req.Close = "abc.ngrok-free.dev", true
		req.Header.Set("Authorization", "Bearer "+h.reader)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return 0
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode
	}
	call()
	memory, goroutines := used(), runtime.NumGoroutine()
	var held []net.Conn
	hold := func(n int, text func(i int) string) {
		for i := range n {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, c)
			fmt.Fprint(c, text(i))
		}
	}
	idle, slow, streams := size(1000, 150), size(200, 50), size(200, 60)
	hold(idle, func(int) string { return "" })
	hold(slow, func(int) string { return "POST /mcp HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nX-Slow: " })
	hold(slow, func(int) string {
		return "POST /token HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\ngrant_type="
	})
	var tokens []string
	for range streams/10 + 1 {
		tokens = append(tokens, h.mint("coda.read"))
	}
	first := len(held)
	hold(streams, func(i int) string {
		path := []string{"/mcp", "/sse"}[i%2]
		return "GET " + path + " HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nAccept: text/event-stream\r\nAuthorization: Bearer " + tokens[i/10] + "\r\n\r\n"
	})
	for i, c := range held[first:] {
		_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, " 200 ") {
			t.Fatalf("stream %d: %q %v", i, line, err)
		}
	}
	start := time.Now()
	if status := call(); status != 200 {
		t.Errorf("a call beside them: %d", status)
	}
	took, at, most := time.Since(start), used()-memory, runtime.NumGoroutine()
	for _, c := range held {
		c.Close()
	}
	settles(t, goroutines)
	grown := used() - memory
	if grown > 8<<20 {
		t.Errorf("%d KiB were not given back", grown>>10)
	}
	t.Logf("%d idle, %d slow headers, %d slow bodies, %d streams: %d goroutines, heap %+d KiB, a call took %v; afterwards %d goroutines (%d before), heap %+d KiB",
		idle, slow, slow, streams, most, at>>10, took, runtime.NumGoroutine(), goroutines, grown>>10)
}

func TestSlowHeadersAreGivenUp(t *testing.T) {
	h := newHarness(t)
	c, err := net.Dial("tcp", liveServer(t, h))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /health HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nX-Slow: ")
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("it was not closed: %v", err)
	}
}
