package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"codabridge/app"
)

// TestACrowdAtTheLocalDoorShutsNobodyOut: 500 connections that never sent the
// body they had announced closed the door to everybody, and so did as many that
// sent nothing. At most sixteen such requests of an address are open; the others
// were told so, and a client that comes to them connects and works.
func TestACrowdAtTheLocalDoorShutsNobodyOut(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := serving(t, w)
	addr := strings.TrimPrefix(s.LocalURL, "http://")
	hold := func(n int, text string) (held []net.Conn) {
		for range n {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			held = append(held, c)
		}
		return held
	}
	slow := hold(500, "POST /register HTTP/1.1\r\nHost: "+addr+"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	answers := make(chan int, len(slow))
	for _, c := range slow {
		go func() {
			if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil && resp.Header.Get("Retry-After") != "" {
				answers <- resp.StatusCode
			}
		}()
	}
	for i := range len(slow) - 16 {
		if status := <-answers; status != 503 {
			t.Fatalf("request %d of the crowd: %d", i, status)
		}
	}
	hold(600, "POST /register HTTP/1.1\r\nHost: ")
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.connect(func(code string) { p.must("approve", code) })
	if answer := chat.call("coda_list_documents", map[string]any{}); answer["documents"] == nil {
		t.Errorf("a client beside them: %v", answer)
	}
	if resp, err := http.Get(s.OwnerURL + "/health"); err != nil || resp.StatusCode != 200 {
		t.Errorf("the owner's page beside them: %v", err)
	} else {
		resp.Body.Close()
	}
	if out, code := p.run("status"); code != 0 {
		t.Errorf("status beside them: %s", out)
	}
}

// TestEveryDoorRefusesLongHeaders: the tunnel's server had no bounds of its
// own, and took headers of 600 KiB.
func TestEveryDoorRefusesLongHeaders(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	_, s := online(t, w)
	for _, c := range []struct {
		door   string
		client *http.Client
	}{{s.PublicURL, w.edge.Client()}, {s.LocalURL, &http.Client{}}, {s.OwnerURL, &http.Client{}}} {
		for size, want := range map[int]int{1 << 10: 200, 600 << 10: 431} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.door+"/health", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Long", strings.Repeat("x", size))
			resp, err := c.client.Do(req)
			if err != nil {
				t.Errorf("%s, %d bytes: %v", c.door, size, err)
				continue
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s, %d bytes: %d, want %d", c.door, size, resp.StatusCode, want)
			}
		}
		c.client.CloseIdleConnections()
	}
}

// TestADoorAnswersToItsOwnNames: the tunnel and this computer's door were one
// handler, so that a token for the one worked at the other by a forged Host.
func TestADoorAnswersToItsOwnNames(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := online(t, w)
	chat := newAssistant(t, w.edge.Client(), s.PublicURL+"/mcp")
	chat.connect(func(code string) { p.must("approve", code) })
	public := strings.TrimPrefix(s.PublicURL, "https://")
	for _, host := range []string{public, public + ":443", strings.ToUpper(public), ""} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LocalURL+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
		if err != nil {
			t.Fatal(err)
		}
		want := 403
		req.Host = host
		if host == "" {
			want = 401 // by its own name, but the token is the other door's
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+chat.tokens["access_token"].(string))
		req.Header.Set("X-Forwarded-Host", public)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("the local door as %q: %d, want %d", host, resp.StatusCode, want)
		}
	}
}

// TestAFloodOfSignInsIsToldAFewTimesASecond: each request of a stranger had
// every view drawn anew, which cost twenty times what the request did, and left
// a line on the terminal.
func TestAFloodOfSignInsIsToldAFewTimesASecond(t *testing.T) {
	t.Parallel()
	const origin = "https://bridge.example"
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_PUBLIC_URL="+origin)...)
	p.start("serve")
	s := p.awaitPhase(app.PhaseOnline)
	chat := newAssistant(t, &http.Client{}, origin)
	chat.meta = map[string]any{"authorization_endpoint": s.LocalURL + "/authorize"}
	link := chat.authorizeURL()
	began, before := time.Now(), strings.Count(p.out.String(), "waiting for your yes")
	for i := range 300 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = strings.TrimPrefix(origin, "https://")
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.%d.%d", i/100, i%100))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Fatalf("request %d: %d", i, resp.StatusCode)
		}
	}
	p.await("all of them", func(s app.State) bool { return len(s.Waiting) == 300 })
	told, most := strings.Count(p.out.String(), "waiting for your yes")-before, 15+int(time.Since(began)/(200*time.Millisecond))
	if told == 0 || told > most {
		t.Errorf("told %d times in %v, want 1 to %d", told, time.Since(began), most)
	}
	t.Logf("told %d times in %v", told, time.Since(began))
}
