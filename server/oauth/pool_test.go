package oauth

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"codabridge/server/caller"
)

func TestFloodOfBrowsersThatStayCannotShutTheOwnerOut(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.s.SetHold(0)
	now := h.clock.Now()
	for i := range requestsAll {
		q := h.asking("state", fmt.Sprint(i))
		a, no := h.s.read(newRequest(PathAuthorize, q.Encode()).WithContext(caller.WithOrigin(t.Context(), h.issuer)))
		if no != nil {
			t.Fatal(no)
		}
		tk := ticket{number: h.s.pool.number(), asked: a.digest, created: now}
		h.s.pool.add(&request{asked: a, ticket: tk, from: caller.Address{Key: fmt.Sprint(i)},
			expires: now.Add(requestLife), polls: 1, changed: make(chan struct{})}, true, now)
	}
	c, q := h.browser(), h.asking()
	code := h.authorize(c, q)
	h.poll(c, q)
	if _, err := h.s.Find(code); err != nil || len(h.s.Waiting()) != requestsAll {
		t.Errorf("found %v among %d", err == nil, len(h.s.Waiting()))
	}
}

func TestFiveRequestsAnAddressAndTheOldestLeaves(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var codes []string
	for i := range 7 {
		codes = append(codes, shownCode(h.direct(http.MethodGet,
			PathAuthorize+"?"+h.asking("state", fmt.Sprint(i)).Encode(), "2001:db8::"+fmt.Sprint(i), "", "").Body.String()))
		h.clock.Advance(time.Second)
	}
	for i, code := range codes {
		if _, err := h.s.Find(code); (err == nil) != (i >= 2) {
			t.Errorf("request %d of one IPv6 network: found %v", i, err == nil)
		}
	}
	if list := h.s.Waiting(); len(list) != requestsEach || list[0].Since.Before(list[4].Since) {
		t.Errorf("%d wait, or not the newest first", len(list))
	}
}
