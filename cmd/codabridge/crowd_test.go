package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"codabridge/app"
)

// TestACrowdAtTheLocalDoorLeavesTheOwnersFree: connections to the public door
// on this computer are bounded, so that the owner's door and the socket keep
// descriptors; one that goes makes room for one that waits.
func TestACrowdAtTheLocalDoorLeavesTheOwnersFree(t *testing.T) {
	t.Parallel()
	const most = 500
	w := newWorld(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start("serve")
	s := p.awaitPhase(app.PhaseLocal)
	addr := strings.TrimPrefix(s.LocalURL, "http://")
	dial := func() net.Conn {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	var crowd []net.Conn
	began := time.Now()
	for range most {
		crowd = append(crowd, dial())
	}
	late := dial()
	if _, err := io.WriteString(late, "GET /health HTTP/1.1\r\nHost: "+addr+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	late.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	n, err := late.Read(make([]byte, 1))
	// Connections that send nothing are given up after ten seconds; on a machine
	// that is this slow the crowd may have gone by now.
	if here := time.Since(began) < 8*time.Second; here && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("one more than %d was served: %d bytes, %v", most, n, err)
	}
	if resp, err := http.Get(s.OwnerURL + "/health"); err != nil || resp.StatusCode != 200 {
		t.Errorf("the owner's page beside them: %v", err)
	} else {
		resp.Body.Close()
	}
	if out, code := p.run("status"); code != 0 {
		t.Errorf("status beside them: %s", out)
	}
	crowd[0].Close()
	late.SetReadDeadline(time.Now().Add(20 * time.Second))
	if n > 0 {
		return
	}
	if resp, err := http.ReadResponse(bufio.NewReader(late), nil); err != nil || resp.StatusCode != 200 {
		t.Errorf("once one had gone: %v", err)
	}
}

// TestAFloodOfSignInsIsToldAFewTimesASecond: each request of a stranger had
// every view drawn anew, which cost twenty times what the request did, and left
// a line on the terminal.
func TestAFloodOfSignInsIsToldAFewTimesASecond(t *testing.T) {
	t.Parallel()
	const origin = "https://bridge.example"
	w := newWorld(t)
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
	told, most := strings.Count(p.out.String(), "waiting for your yes")-before, 5+int(time.Since(began)/(200*time.Millisecond))
	if told == 0 || told > most {
		t.Errorf("told %d times in %v, want 1 to %d", told, time.Since(began), most)
	}
	t.Logf("told %d times in %v", told, time.Since(began))
}
