package door

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestASlowBodyEndsInTime uses the function itself with a short patience.
func TestASlowBodyEndsInTime(t *testing.T) {
	over := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, err := ReadWhole(w, req, 1000, 30*time.Millisecond)
		over <- err
	}))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of it")
	select {
	case err := <-over:
		if err != ErrSlowBody {
			t.Errorf("%v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("a body that never comes is waited for without end")
	}
}
