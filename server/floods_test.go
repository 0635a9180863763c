//go:build !race

package server

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

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

// onDisk is what the database takes, its log included.
func (h *harness) onDisk() (bytes int64) {
	for _, ending := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(h.path + ending); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// TestATabLeftOpenFillsNoLog: the owner's page asks again every few seconds
// after a restart, and its refusals were 4.4 MB a day.
func TestATabLeftOpenFillsNoLog(t *testing.T) {
	h := newHarness(t)
	poll := func(session string) {
		req := httptest.NewRequest("GET", "http://127.0.0.1:8086/events", nil)
		req.Header.Set("X-Codabridge-Session", session)
		rec := httptest.NewRecorder()
		h.owner.ServeHTTP(rec, req)
		if rec.Code != 401 {
			t.Fatal(rec.Code)
		}
	}
	lines := func() int { return strings.Count(h.log.String(), "why=no_session") }
	day := int(24 * time.Hour / (3 * time.Second))
	for range day {
		h.clock.Advance(3 * time.Second)
		poll("of the program before")
	}
	if n := lines(); n == 0 || n > 16 {
		t.Errorf("%d lines of one tab in a day", n)
	}
	if !strings.Contains(h.log.String(), "times=16384") {
		t.Error("the lines do not say how many there were")
	}
	before := lines()
	h.clock.Advance(time.Hour)
	poll("of the program before")
	if lines() != before+1 {
		t.Error("after a pause it is no news")
	}
}

// TestAFloodOfRegistrationsLeavesRealClientsIn: 25 clients register over the
// tunnel and 25 at the local door, one a second, while another network sends
// 200 a second.
func TestAFloodOfRegistrationsLeavesRealClientsIn(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	const body = `{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"none"}`
	flood, real, local := 0, 0, 0
	for range 25 {
		for j := range 200 {
			if resp, _ := h.ask("POST", "/register", body, "X-Forwarded-For", fmt.Sprint("203.0.113.", j)); resp.StatusCode == 201 {
				flood++
			}
		}
		if resp, _ := h.ask("POST", "/register", body, "X-Forwarded-For", "198.51.100.7"); resp.StatusCode == 201 {
			real++
		}
		req := h.request("POST", "/register", body)
		req.Host, req.RemoteAddr = "127.0.0.1:8085", "127.0.0.1:4711"
		if h.do(req).StatusCode == 201 {
			local++
		}
		h.clock.Advance(time.Second)
	}
	t.Logf("real clients: %d of 25 over the tunnel, %d of 25 at the local door; the flood: %d of 5000", real, local, flood)
	if real != 25 || local != 25 || flood > 100 {
		t.Errorf("%d of 25 and %d of 25 get in; the flood registers %d", real, local, flood)
	}
}
