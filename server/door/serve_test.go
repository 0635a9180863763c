package door

import (
	"bufio"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestTheLongestQuietConnectionMakesRoom: where connections were bounded, those
// who held them all and sent nothing shut everybody out.
func TestTheLongestQuietConnectionMakesRoom(t *testing.T) {
	t.Parallel()
	const most = 5
	working, end := make(chan struct{}), make(chan struct{})
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = newServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/long" {
			working <- struct{}{}
			<-end
		}
	}), slog.New(slog.DiscardHandler), most)
	srv.Start()
	t.Cleanup(srv.Close)
	dial := func(text string) net.Conn {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
		fmt.Fprint(c, text)
		return c
	}
	answered := func(c net.Conn) bool {
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		return err == nil && resp.StatusCode == 200
	}
	long := dial("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
	<-working
	var quiet []net.Conn
	for range most - 1 {
		quiet = append(quiet, dial("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "))
	}
	for i := range most - 1 {
		if !answered(dial("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
			t.Fatalf("request %d beside them was not answered", i)
		}
	}
	if _, err := quiet[0].Read(make([]byte, 1)); err == nil {
		t.Error("the longest quiet one is still open")
	}
	close(end)
	if !answered(long) {
		t.Error("a connection at work was closed")
	}
}
