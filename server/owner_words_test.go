package server

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"codabridge/server/owner"
	"codabridge/server/owner/ownertest"
	store "codabridge/server/store/state"
)

// TestTheOwnerIsToldInSentences: what went wrong came as the rooms' own words,
// such as "oauth: approve: store: add grant: ...".
func TestTheOwnerIsToldInSentences(t *testing.T) {
	h := newHarness(t)
	post := func(path, form string) string {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		_, body, err := h.session.Post(ownertest.Handler(h.owner), path, values)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	if got := post("/revoke", "id=nobody"); !strings.Contains(got, "There is no such connection any more.") {
		t.Error(got)
	}
	got := ""
	for range 25 {
		got = post("/approve", "code=ZZZZZZ")
	}
	if !strings.Contains(got, "Too many wrong codes were given. Wait a minute") {
		t.Error(got)
	}
	for _, cause := range []error{store.ErrDiskFull, store.ErrReadOnly, store.ErrLocked, store.ErrBusy} {
		got := owner.ForOwner(fmt.Errorf("oauth: approve: store: add grant: %w (database or disk is full)", cause)).Error()
		if want := "This could not be stored: " + cause.Error() + ". Mend that, then try again; codabridge doctor says more."; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
