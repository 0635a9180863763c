//go:build !race

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

	store "codabridge/server/store/state"
)

// flood is twice what there is room for of anything, and 10,000 in the soak.
var flood = soaking(10_000, 2_000)

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
	for name, many := range map[string]bool{"from one address": false, "from an address each": true} {
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
				if i%(flood/2) == 0 {
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

func TestFloodOfUnknownClientsIsBoundedAndTheOwnersOwnStays(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(o *Options) { o.Fetch = forbiddenFetch(t) })
	asking := func(from int) {
		for i := range flood {
			id := fmt.Sprintf("%08x-0000-4000-8000-%012x", from, i)
			if i%2 == 0 {
				id = fmt.Sprintf("https://h%d.example/c.json", i)
			}
			h.askUnknown(fmt.Sprintf("10.%d.%d.%d", from, i/250, i%250), "client_id", id)
		}
	}
	h.askUnknown("192.0.2.1", "client_id", reinstalled)
	asking(1)
	if list := h.s.UnknownClients(); len(list) != unknownAll || list[0].Client != reinstalled {
		t.Errorf("%d on the list; the one from before the flood is gone", len(list))
	}
	sealed := h.askUnknown("192.0.2.2", "client_id", foreign)
	if k, err := h.s.BringUnknown(sealed); err != nil || k.Host != "client.example" {
		t.Fatal(k, err)
	}
	told := h.changes.Load()
	asking(2)
	if _, ok := h.s.unknown.find("client.example", h.clock.Now()); !ok || len(h.s.UnknownClients()) != unknownAll {
		t.Error("the one that the owner brought is gone")
	}
	told = h.changes.Load() - told
	if told > 10 {
		t.Errorf("the flood redrew the owner's page %d times", told)
	}
	if all, _, err := h.store.CountClients(t.Context()); all != 0 || err != nil {
		t.Errorf("%d clients stored", all)
	}
	info, err := os.Stat(h.path)
	if err != nil || info.Size() > 1<<20 {
		t.Error("the database grew", err)
	}
	one := 0
	for _, id := range []string{"a", "b", "c", "d"} {
		h.askUnknown("198.51.100.1", "client_id", "https://"+id+".example/c.json")
	}
	for _, k := range h.s.unknown.list {
		if k.from.Text == "198.51.100.1" {
			one++
		}
	}
	if one > unknownEach {
		t.Errorf("%d of one address", one)
	}
	t.Logf("%d requests left %d entries, %d redraws, no fetch, nothing stored", 2*flood, len(h.s.UnknownClients()), told)
}

// TestAThousandRegistrationsOfHostsChangeNothing for the owner: no line, no
// news, no room that a client of theirs has.
func TestAThousandRegistrationsOfHostsChangeNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	own, _, err := h.s.AddOwnClient(t.Context(), "Own", []string{n8n}, false)
	if err != nil {
		t.Fatal(err)
	}
	before, registered := h.changes.Load(), 0
	for i := range 1000 {
		w := h.direct(http.MethodPost, PathRegister, fmt.Sprintf("10.%d.%d.1", i%250, i/250), "application/json", fmt.Sprintf(`{"redirect_uris":["https://h%d.evil.test/cb"]}`, i))
		if w.Code == http.StatusCreated {
			registered++
		}
	}
	all, _, err := h.store.CountClients(t.Context())
	list, err2 := h.s.Redirects(t.Context())
	if err != nil || err2 != nil || registered == 0 || all > clientsWaiting+1 || len(list) != 0 ||
		len(h.s.Waiting()) != 0 || len(h.s.UnknownClients()) != 0 || h.changes.Load() != before {
		t.Errorf("%d registered: %d clients, %d redirects, %d news, %v %v", registered, all, len(list), h.changes.Load()-before, err, err2)
	}
	if page := h.get(h.browser(), PathAuthorize+"?"+h.asking("client_id", own.ID, "redirect_uri", n8n).Encode(), "text/html"); shownCode(page.body) == "" {
		t.Errorf("the owner's client is gone: %s", page.body)
	}
}
