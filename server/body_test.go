package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestAnAnswerDoesNotWaitForABodyThatNeverComes: a stranger who announces a
// body and sends none held a connection for ever, with the answer unwritten.
func TestAnAnswerDoesNotWaitForABodyThatNeverComes(t *testing.T) {
	h := newHarness(t)
	srv := httptest.NewServer(h.handler)
	defer srv.Close()
	for _, c := range []struct {
		name, head string
		want       int
	}{
		{"401 before any body", "POST /mcp", 401},
		{"an unknown path", "POST /nope", 404},
		{"a method that is not served", "PUT /mcp", 405},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetReadDeadline(time.Now().Add(30 * time.Second))
			fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nContent-Length: 100\r\n\r\n", c.head)
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.want || !resp.Close {
				t.Errorf("status %d, close %v", resp.StatusCode, resp.Close)
			}
		})
	}
}

// TestARefusalOutlivesALongBody: a proxy that is still sending when the answer
// is there must not meet a reset, or it puts an answer of its own in its place.
func TestARefusalOutlivesALongBody(t *testing.T) {
	h := newHarness(t)
	const long = 3 << 20
	conn, err := net.Dial("tcp", liveServer(t, h))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	_ = conn.(*net.TCPConn).SetWriteBuffer(32 << 10) // or all of it waits there, and the reset comes unseen
	fmt.Fprintf(conn, "POST /mcp HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nAuthorization: Bearer gone\r\nContent-Length: %d\r\n\r\n", long)
	answer := bufio.NewReader(conn)
	resp, err := http.ReadResponse(answer, nil)
	if err != nil || resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") == "" {
		t.Fatalf("%v %v", resp, err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || !json.Valid(body) {
		t.Fatalf("%s %v", body, err)
	}
	if n, err := conn.Write(make([]byte, long)); err != nil {
		t.Errorf("after %d bytes: %v", n, err)
	}
	if _, err := answer.ReadByte(); err != io.EOF {
		t.Errorf("the connection ended with %v", err)
	}
}

// TestABodyThatIsTooLongByItsOwnWordIsRefusedAtOnce, and not when so much of it
// has come.
func TestABodyThatIsTooLongByItsOwnWordIsRefusedAtOnce(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	for _, c := range []struct{ path, token string }{{"/register", ""}, {"/token", ""}, {"/mcp", h.reader}} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second)) // less than a body may take
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: abc.ngrok-free.dev\r\nAuthorization: Bearer %s\r\nContent-Length: 9000000000\r\n\r\n", c.path, c.token)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %v %v", c.path, resp, err)
		}
	}
}
