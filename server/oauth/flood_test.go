package oauth

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/clocktest"
	store "codabridge/server/store/state"
)

const flood = heavy * 10_000 / 100

// flooding sends authorization requests, each from an address of its own or
// all from one.
func (h *harness) flooding(from int, many bool, between func(i int)) {
	for i := range flood {
		addr := "203.0.113.1"
		if many {
			addr = fmt.Sprintf("10.%d.%d.%d", from, i/250, i%250)
		}
		w := h.direct(http.MethodGet, PathAuthorize+"?"+h.asking("state", fmt.Sprint(i)).Encode(), addr, "", "")
		if w.Code != http.StatusOK && w.Code != http.StatusTooManyRequests {
			h.t.Fatalf("flood: %d", w.Code)
		}
		if between != nil && i%100 == 0 {
			between(i)
		}
	}
}

func TestFloodLeavesTheOwnersRequestAlive(t *testing.T) {
	t.Parallel()
	for name, many := range map[string]bool{"from one address": false, "from 10,000 addresses": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.s.SetHold(0)
			h.flooding(1, many, nil)
			c, q := h.browser(), h.asking()
			code := h.authorize(c, q)
			if _, err := h.s.Find(code); err != nil {
				t.Fatal("a flood before it: the new request did not get in")
			}
			// The page's script polls at once, then every 25 seconds.
			h.flooding(2, many, func(i int) {
				h.clock.Advance(500 * time.Millisecond)
				if i%5000 == 0 {
					h.poll(c, q)
				}
			})
			if len(h.s.Waiting()) > requestsAll {
				t.Errorf("%d requests wait", len(h.s.Waiting()))
			}
			if err := h.s.Approve(t.Context(), code, true); err != nil {
				t.Fatal("a flood during it: ", err)
			}
			h.flooding(3, many, nil)
			if st := h.poll(c, q); st.Status != "approved" {
				t.Errorf("a flood after it: %+v", st)
			}
		})
	}
}

func TestRequestBeforeAFloodStaysEvenWithoutPolls(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code := h.authorize(h.browser(), h.asking())
	h.flooding(1, true, nil)
	if _, err := h.s.Find(code); err != nil {
		t.Error("the owner's request is gone")
	}
}

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

func TestFloodOfRegistrationsStaysSmallAndLosesNobody(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	kept := h.registerSecret()
	q := h.asking("client_id", kept.ID, "redirect_uri", "http://localhost:1/cb")
	code := h.consent(q, true).Get("code")
	waits := h.registerSecret()
	waiting := h.authorize(h.browser(), h.asking("client_id", waits.ID, "redirect_uri", "http://localhost:1/cb"))
	body := `{"redirect_uris":["http://localhost/cb"],"client_name":"` + strings.Repeat("x", 1000) + `"}`
	made := 0
	for i := range flood {
		w := h.direct(http.MethodPost, PathRegister, fmt.Sprintf("10.9.%d.%d", i/250, i%250), "application/json", body)
		if w.Code == http.StatusCreated {
			made++
		} else if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if i%(flood/500) == 0 {
			h.clock.Advance(time.Second)
		}
	}
	all, granted, err := h.store.CountClients(t.Context())
	if err != nil || all > clientsWaiting+2 || granted != 1 || made < flood/20 {
		t.Errorf("%d made, %d stored, %d granted, %v", made, all, granted, err)
	}
	if err := h.s.Approve(t.Context(), waiting, true); err == nil {
		t.Error("a request of 8 minutes ago was approved")
	}
	form := h.exchangeForm(code, "client_id", kept.ID, "client_secret", kept.Secret, "redirect_uri", "http://localhost:1/cb")
	if r := h.form(PathToken, form); r.errorCode() != "invalid_grant" {
		t.Errorf("the client with a grant: %s", r.body) // its code is old; the client is known
	}
	info, err := os.Stat(h.path)
	if err != nil || info.Size() > 1<<20 {
		t.Errorf("the database has %d bytes", info.Size())
	}
	t.Logf("%d registrations accepted of %d, database %d KiB", made, flood, info.Size()>>10)
}

func TestFloodOfTokensIsCheapAndBounded(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	p := h.connect(true)
	usual := h.median(p.Access, nil)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	refused := 0
	flooded := h.median(p.Access, func(i int) {
		w := h.direct(http.MethodPost, PathToken, fmt.Sprintf("10.8.%d.%d", i/250, i%250), "application/x-www-form-urlencoded",
			h.refreshForm("cbr_"+fmt.Sprintf("%043d", i)).Encode())
		if w.Code == http.StatusBadRequest {
			refused++
		}
	})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
	t.Logf("%d refused; a bearer check takes %v, between guesses %v", refused, usual, flooded)
	one := 0
	for range flood {
		if h.direct(http.MethodPost, PathToken, "10.7.0.1", "application/x-www-form-urlencoded", "grant_type=refresh_token").Code == http.StatusTooManyRequests {
			one++
		}
	}
	if refused != flood || one < flood-130 {
		t.Errorf("%d guesses refused; from one address %d were slowed", refused, one)
	}
	if _, err := h.store.Token(t.Context(), digest(p.Refresh), store.Refresh); errors.Is(err, store.ErrNotFound) {
		t.Error("the flood cost a token")
	}
}

// median measures a bearer check, with other things happening in between.
func (h *harness) median(access string, between func(i int)) time.Duration {
	var took []time.Duration
	for i := range flood {
		if between != nil {
			between(i)
		}
		start := time.Now()
		if !h.works(access) {
			h.t.Fatal("the token does not work")
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2]
}

func TestLimiterForgetsKeysItHasNotSeenLately(t *testing.T) {
	t.Parallel()
	c := clocktest.At(time.Now())
	l := NewLimiter(c.Now, 2, time.Second)
	for i := range 100_000 {
		l.Allow(fmt.Sprint(i))
		if i%1000 == 0 && i > 2000 && l.Allow("steady") {
			t.Fatal("a steady caller was forgotten")
		} else if i == 1000 {
			l.Allow("steady")
			l.Allow("steady")
		}
	}
	if n := len(l.cur) + len(l.old); n > 2*bucketsKept+1 {
		t.Errorf("%d keys kept", n)
	}
	c.Advance(time.Second)
	if !l.Allow("steady") || l.Allow("steady") {
		t.Error("one a second is allowed")
	}
}
