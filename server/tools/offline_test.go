package tools_test

import (
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
)

// unplugged is a network on which some writes find no connection.
type unplugged struct {
	http.RoundTripper
	left *atomic.Int32 // writes that will find none
}

func (u unplugged) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Method != http.MethodGet && u.left.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ENETUNREACH}
	}
	return u.RoundTripper.RoundTrip(q)
}

// TestAWriteWithoutAConnectionWasNotDone: what never left the computer may be
// sent again at once, and nobody has to look whether it was done.
func TestAWriteWithoutAConnectionWasNotDone(t *testing.T) {
	t.Parallel()
	var left atomic.Int32
	r := newHarness(t, full, func(s *settings) {
		s.coda.HTTP.Transport = unplugged{&http.Transport{DisableKeepAlives: true}, &left}
	})
	for tool, args := range map[string]object{
		"coda_create_rows":    {"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "New"}}},
		"coda_append_to_page": {"document": planDoc, "page": overviewPage, "content": "x"},
		"coda_upsert_rows":    {"document": planDoc, "table": "Tasks", "rows": []object{{"Name": "Key"}}, "key_columns": []string{"Name"}},
		"coda_share_document": {"document": planDoc, "access": "readonly", "with": "anyone"},
	} {
		left.Store(1)
		r.call(tool, args).fails("could not be reached", "Try again", "Nothing was written")
		r.call(tool, args).ok(nil)
	}
}
