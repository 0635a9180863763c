package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/public"
)

// caller is a client whose requests are written by hand.
type caller struct {
	h    *harness
	conn net.Conn
}

func (h *harness) caller(addr, head string) *caller {
	h.t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	c := &caller{h, conn}
	c.write("POST /mcp HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nContent-Type: application/json\r\nAuthorization: Bearer " + h.reader + "\r\n" + head)
	return c
}

func (c *caller) write(text string) {
	c.h.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.h.t.Fatal(err)
	}
}

// status waits for the answer.
func (c *caller) status() int {
	c.h.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	resp, err := http.ReadResponse(bufio.NewReader(c.conn), nil)
	if err != nil {
		c.h.t.Fatal(err)
	}
	return resp.StatusCode
}

// await waits until so many calls, and so many of long bodies, are worked on:
// nothing tells of it.
func (h *harness) await(calls, long int) {
	h.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, l := h.server.public.Busy()
		if c == calls && l == long {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("%d calls and %d long bodies are worked on, want %d and %d", c, l, calls, long)
		}
	}
}

// TestLongBodiesWaitForOneAnother: a few of them in memory at once, whoever
// sends them; the others wait unread, and short calls pass them by.
func TestLongBodiesWaitForOneAnother(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	body := `{"jsonrpc":"2.0","id":1,"method":"ping"` + strings.Repeat(" ", public.LongBody) + "}"
	head := fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body))
	var first []*caller
	for range public.MaxLong {
		first = append(first, h.caller(addr, head+body[:1000]))
	}
	h.await(public.MaxLong, public.MaxLong)
	next := h.caller(addr, head+body)
	h.await(public.MaxLong+1, public.MaxLong)
	if status := h.ping(h.reader); status != 200 {
		t.Errorf("a short call beside them: %d", status)
	}
	if calls, _ := h.server.public.Busy(); calls != public.MaxLong+1 {
		t.Error("a long body was worked on beside as many as there may be")
	}
	first[0].write(body[1000:])
	for _, c := range []*caller{first[0], next} {
		if status := c.status(); status != 200 {
			t.Errorf("status %d", status)
		}
	}
}

// TestBodiesOfUnknownLengthDoNotHoldUpOthers: a call that did not say its
// length kept a place for long bodies until Coda had answered it.
func TestBodiesOfUnknownLengthDoNotHoldUpOthers(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	h.coda.Set(func(k *codatest.Knobs) { k.Delay = time.Minute })
	chunked := func(body string) *caller {
		return h.caller(addr, fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body))
	}
	for i := range public.MaxLong {
		chunked(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{}}}`, i))
	}
	h.await(public.MaxLong, 0)
	if status := chunked(`{"jsonrpc":"2.0","id":1,"method":"ping"}`).status(); status != 200 {
		t.Errorf("status %d", status)
	}
}
