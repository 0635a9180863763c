package server

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"codabridge/server/door"
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
