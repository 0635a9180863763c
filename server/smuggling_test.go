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
)

// TestRequestsThatTwoServersWouldReadDifferently sends, over a raw socket,
// requests that a proxy and we might cut in different places, and tricks with
// paths and headers. None may be answered as something that it is not.
func TestRequestsThatTwoServersWouldReadDifferently(t *testing.T) {
	h := newHarness(t)
	addr := liveServer(t, h)
	const host = "Host: abc.ngrok-free.dev\r\n"
	hidden := "GET /health HTTP/1.1\r\n" + host + "X: y\r\n\r\n"
	for name, c := range map[string]struct{ raw, want string }{
		"two lengths that differ":                  {"POST /mcp HTTP/1.1\r\n" + host + "Content-Length: 4\r\nContent-Length: 50\r\n\r\nabcd" + hidden, "400"},
		"a length that is negative":                {"POST /mcp HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n" + hidden, "400"},
		"a length with a plus":                     {"POST /mcp HTTP/1.1\r\n" + host + "Content-Length: +4\r\n\r\nabcd", "400"},
		"a length in two lists":                    {"POST /mcp HTTP/1.1\r\n" + host + "Content-Length: 4, 5\r\n\r\nabcd", "400"},
		"an encoding nobody knows":                 {"POST /mcp HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n", "501"},
		"two encodings":                            {"POST /mcp HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "501"},
		"a blank before the colon":                 {"POST /mcp HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"},
		"a folded header":                          {"POST /mcp HTTP/1.1\r\n" + host + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "400|401|501"},
		"a chunk size that overflows":              {"POST /mcp HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "400|401"},
		"a length and an encoding":                 {"POST /mcp HTTP/1.1\r\n" + host + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400|401"},
		"no host":                                  {"GET /health HTTP/1.1\r\n\r\n", "400"},
		"two hosts":                                {"GET /health HTTP/1.1\r\n" + host + "Host: evil.test\r\n\r\n", "400"},
		"a host that is not ours":                  {"GET /health HTTP/1.1\r\nHost: evil.test\r\n\r\n", "403"},
		"our host with another port":               {"GET /health HTTP/1.1\r\nHost: abc.ngrok-free.dev:8080\r\n\r\n", "403"},
		"our host after a user":                    {"GET /health HTTP/1.1\r\nHost: me@abc.ngrok-free.dev\r\n\r\n", "400|403"},
		"an address of another host in the line":   {"GET http://evil.test/health HTTP/1.1\r\n" + host + "\r\n", "403"},
		"our address in the line, another host":    {"GET http://abc.ngrok-free.dev/mcp HTTP/1.1\r\nHost: evil.test\r\n\r\n", "401"},
		"a connection through us":                  {"CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\n\r\n", "403|404"},
		"a zero byte in a header":                  {"GET /health HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n", "400"},
		"a header without a name":                  {"GET /health HTTP/1.1\r\n" + host + ": x\r\n\r\n", "400"},
		"headers of 200 KB":                        {"GET /health HTTP/1.1\r\n" + host + "X: " + strings.Repeat("x", 200<<10) + "\r\n\r\n", "431"},
		"ten thousand headers":                     {"GET /health HTTP/1.1\r\n" + host + strings.Repeat("X: y\r\n", 20_000) + "\r\n", "431"},
		"an address of 200 KB":                     {"GET /" + strings.Repeat("x", 200<<10) + " HTTP/1.1\r\n" + host + "\r\n", "431"},
		"a method nobody knows":                    {"BREW /mcp HTTP/1.1\r\n" + host + "\r\n", "405"},
		"a version that is older than headers":     {"GET /health\r\n\r\n", "400"},
		"a version that is to come":                {"GET /health HTTP/3.7\r\n" + host + "\r\n", "505"},
		"the preface of HTTP/2":                    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400|403|404|405|505"},
		"an encoded slash":                         {"GET /mcp%2fx HTTP/1.1\r\n" + host + "\r\n", "404"},
		"an encoded letter is the same letter":     {"POST /%6dcp HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n", "401"},
		"dots":                                     {"GET /static/../../etc/passwd HTTP/1.1\r\n" + host + "\r\n", "404"},
		"encoded dots":                             {"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + "\r\n", "404"},
		"a backslash":                              {"GET /static\\style.css HTTP/1.1\r\n" + host + "\r\n", "400|404"},
		"two slashes":                              {"GET //mcp HTTP/1.1\r\n" + host + "\r\n", "404"},
		"a semicolon":                              {"GET /mcp;x=y HTTP/1.1\r\n" + host + "\r\n", "404"},
		"a zero byte in the path":                  {"GET /mcp%00 HTTP/1.1\r\n" + host + "\r\n", "404"},
		"the owner's page, by encoding":            {"GET /%76iew HTTP/1.1\r\n" + host + "\r\n", "404"},
		"the owner's page, by header":              {"GET / HTTP/1.1\r\n" + host + "X-Original-URL: /events\r\nX-Rewrite-URL: /events\r\n\r\n", "401"},
		"another method, by header":                {"GET /mcp HTTP/1.1\r\n" + host + "X-HTTP-Method-Override: POST\r\n\r\n", "401"},
		"this computer, by header":                 {"POST /mcp HTTP/1.1\r\n" + host + "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nContent-Length: 0\r\n\r\n", "401"},
		"two tokens":                               {"POST /mcp HTTP/1.1\r\n" + host + "Authorization: Bearer x\r\nAuthorization: Bearer " + h.writer + "\r\nContent-Length: 0\r\n\r\n", "401"},
		"a stale body is not the next request":     {"POST /mcp HTTP/1.1\r\n" + host + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(hidden)) + hidden, "401"},
		"a body for a GET is not the next request": {"GET /health HTTP/1.1\r\n" + host + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(hidden)) + hidden, "200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers, err := converse(addr, c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if len(answers) != 1 || !strings.Contains("|"+c.want+"|", "|"+answers[0]+"|") {
				t.Errorf("answered %v, want one of %s", answers, c.want)
			}
		})
	}
	t.Run("after all of it", func(t *testing.T) {
		answers, err := converse(addr, "GET /health HTTP/1.1\r\n"+host+"\r\n")
		if err != nil || len(answers) != 1 || answers[0] != "200" {
			t.Error(answers, err)
		}
	})
}

// converse sends raw bytes, says that no more will come, and gives the status
// of every answer.
func converse(addr, raw string) (statuses []string, err error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	_, _ = io.WriteString(c, raw) // the other side may have closed already
	_ = c.(*net.TCPConn).CloseWrite()
	r := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return statuses, nil
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		statuses = append(statuses, fmt.Sprint(resp.StatusCode))
	}
}
