package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/public"
)

// client is one whose requests are written by hand.
type client struct {
	h    *harness
	conn net.Conn
}

func (h *harness) client(addr, token, head string) *client {
	h.t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	c := &client{h, conn}
	c.write("POST /mcp HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + "\r\n" + head)
	return c
}

func (c *client) write(text string) {
	c.h.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.h.t.Fatal(err)
	}
}

// status waits for the answer.
func (c *client) status() int {
	c.h.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	resp, err := http.ReadResponse(bufio.NewReader(c.conn), nil)
	if err != nil {
		c.h.t.Fatal(err)
	}
	return resp.StatusCode
}

// await waits until so many calls, open requests and long bodies are there:
// nothing tells of it.
func (h *harness) await(calls, sent, long int) {
	h.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, s, l := h.server.public.Busy()
		if c == calls && s == sent && l == long {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("%d calls, %d requests and %d long bodies, want %d, %d and %d", c, s, l, calls, sent, long)
		}
	}
}

// TestLongBodiesWaitForOneAnother: a few of them in memory at once; the others
// wait unread, and short calls pass them by. One connection has not all of the
// places.
func TestLongBodiesWaitForOneAnother(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	body := `{"jsonrpc":"2.0","id":1,"method":"ping"` + strings.Repeat(" ", public.LongBody) + "}"
	head := fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body))
	var first []*client
	for range public.MaxLongEach {
		first = append(first, h.client(addr, h.reader, head+body[:1000]))
	}
	h.await(0, public.MaxLongEach, public.MaxLongEach)
	next := h.client(addr, h.reader, head+body)
	h.await(0, public.MaxLongEach+1, public.MaxLongEach)
	if status := h.ping(h.reader); status != 200 {
		t.Errorf("a short call beside them: %d", status)
	}
	if status := h.client(addr, h.writer, head+body).status(); status != 200 {
		t.Errorf("another connection's long body: %d", status)
	}
	if _, sent, long := h.server.public.Busy(); sent != public.MaxLongEach+1 || long != public.MaxLongEach {
		t.Error("a long body was worked on beside as many as there may be")
	}
	first[0].write(body[1000:])
	for _, c := range []*client{first[0], next} {
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
	h.coda().Set(func(k *codatest.Knobs) { k.Delay = time.Minute })
	chunked := func(body string) *client {
		return h.client(addr, h.reader, fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body))
	}
	for i := range public.MaxLong {
		chunked(listDocuments(i))
	}
	h.await(public.MaxLong, public.MaxLong, 0)
	if status := chunked(`{"jsonrpc":"2.0","id":1,"method":"ping"}`).status(); status != 200 {
		t.Errorf("status %d", status)
	}
}

func listDocuments(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{}}}`, id)
}

// TestOneConnectionCannotTakeAllPlaces: 64 requests of one token that never
// sent their body, or 64 slow calls, left every other client without an answer
// for a minute.
func TestOneConnectionCannotTakeAllPlaces(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	busy := func(c *client) {
		t.Helper()
		if status := c.status(); status != 503 {
			t.Errorf("one more than may be open: %d", status)
		}
	}
	for range public.MaxSentEach {
		h.client(addr, h.reader, "Content-Length: 100\r\n\r\n{")
	}
	h.await(0, public.MaxSentEach, 0)
	for range 64 - public.MaxSentEach {
		busy(h.client(addr, h.reader, "Content-Length: 100\r\n\r\n{"))
	}
	if status := h.ping(h.writer); status != 200 {
		t.Errorf("another client beside bodies that never come: %d", status)
	}
	third := h.mint("coda.read")
	h.coda().Set(func(k *codatest.Knobs) { k.Delay = time.Minute })
	call := func(i int) *client {
		body := listDocuments(i)
		return h.client(addr, third, fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
	}
	for i := range public.MaxSentEach {
		call(i)
	}
	h.await(public.MaxCallsEach, 2*public.MaxSentEach, 0)
	for i := range 64 - public.MaxSentEach {
		busy(call(i))
	}
	if status := h.ping(h.writer); status != 200 {
		t.Errorf("another client beside slow calls: %d", status)
	}
}

// TestMessagesAreCounted: the older transport answers on its stream, so its
// calls went on uncounted, 250 of one connection at once.
func TestMessagesAreCounted(t *testing.T) {
	h := newHarness(t)
	srv := httptest.NewServer(h.handler)
	t.Cleanup(srv.Close)
	place, _ := h.openStream(srv, h.reader)
	h.coda().Set(func(k *codatest.Knobs) { k.Delay = time.Minute })
	post := func(i int, token string) (*http.Response, []byte) {
		return h.ask("POST", place, listDocuments(i), "Authorization", "Bearer "+token)
	}
	for i := range public.MaxCallsEach {
		if resp, b := post(i, h.reader); resp.StatusCode != 202 {
			t.Fatalf("message %d: %d %s", i, resp.StatusCode, b)
		}
	}
	h.await(public.MaxCallsEach, 0, 0)
	answers := make(chan int, 20)
	for i := range cap(answers) {
		go func() {
			resp, _ := post(100+i, h.reader)
			answers <- resp.StatusCode
		}()
	}
	if status := h.ping(h.writer); status != 200 {
		t.Errorf("another client beside them: %d", status)
	}
	h.await(public.MaxCallsEach, 2*public.MaxCallsEach, 0)
	for range cap(answers) - 2*public.MaxCallsEach { // those that found no room to wait
		if status := <-answers; status != 503 {
			t.Errorf("one more than may be open: %d", status)
		}
	}
}

// TestASubscriptionHoldsNoPlaceOfACall: it lasts as long as its client likes,
// and 64 of them took all there were.
func TestASubscriptionHoldsNoPlaceOfACall(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	body := `{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},` +
		`"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}`
	head := fmt.Sprintf("Accept: application/json, text/event-stream\r\nMcp-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for i := range public.MaxSentEach + 2 {
		if status := h.client(addr, h.reader, head).status(); status != 200 {
			t.Fatalf("subscription %d: %d", i, status)
		}
	}
	h.await(0, 0, 0)
	if status := h.ping(h.reader); status != 200 {
		t.Errorf("a call beside them: %d", status)
	}
}
