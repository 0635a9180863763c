package coda_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"codabridge/server/coda"
)

// TestTwoProgramsWithOneToken: two processes ask at once what only one may, each with
// a crawler. What a person asked for hardly ever fails, and never where there are
// places enough, and whoever is refused does not go on knocking: two in five calls
// failed and three in four requests were refused when they did. Which request is
// first is left to chance, so that the ways of counting are judged together too.
func TestTwoProgramsWithOneToken(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		burst int
		few   int // one in so many may meet three refusals; zero is none
	}{"reading": {60, 0}, "docs": {2, 50}, "content": {3, 50}, "writing": {6, 0}} {
		c := classes[name]
		var asked, failed, requests, refused int
		for way, begin := range map[string]func() counting{
			"fixed windows":   func() counting { return &fixed{most: c.most, per: c.per} },
			"sliding windows": func() counting { return &sliding{most: c.most, per: c.per} }, // that count what they refuse
			"a leaky bucket":  func() counting { return &leaky{most: c.most, per: c.per} },
		} {
			for _, retry := range []string{"", "3"} {
				synctest.Test(t, func(t *testing.T) {
					count := begin()
					far := &remote{runs: 1, answers: 150 * time.Millisecond, way: rand.New(rand.NewPCG(1, 4)), retry: retry,
						limit: func(string) counting { return count }}
					far.there = func() time.Duration { return within(far.way, 50*time.Millisecond) }
					of, bad := twoPrograms(t, far, c, k.burst)
					t.Logf("%s by %s, Retry-After %q: %d of %d calls failed", name, way, retry, bad, of)
					if far.refused > len(far.at)/3 {
						t.Errorf("%s by %s, Retry-After %q: %d of %d requests were refused", name, way, retry, far.refused, len(far.at))
					}
					asked, failed, requests, refused = asked+of, failed+bad, requests+len(far.at), refused+far.refused
				})
			}
		}
		if failed*k.few > asked || k.few == 0 && failed > 0 {
			t.Errorf("%s: %d of %d calls of a person failed", name, failed, asked)
		}
		if refused > requests/4 || refused == 0 {
			t.Errorf("%s: %d of %d requests were refused", name, refused, requests)
		}
	}
}

// twoPrograms ask in bursts, each beside a crawler, for some minutes.
func twoPrograms(t *testing.T, far *remote, k class, burst int) (asked, failed int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	both := []*coda.Client{far.client(coda.Limits{}), far.client(coda.Limits{})}
	var crawlers, people sync.WaitGroup
	var bad atomic.Int32
	pauses := rand.New(rand.NewPCG(2, 4)) // far.way is its requests'
	for _, c := range both {
		crawlers.Go(func() {
			for ctx.Err() == nil {
				_ = k.call(coda.WithBackground(ctx), c)
			}
		})
	}
	for range 12 {
		for _, c := range both {
			for range burst {
				asked++
				people.Go(func() {
					mine, cancel := context.WithTimeout(ctx, 45*time.Second)
					defer cancel()
					if k.call(mine, c) != nil {
						bad.Add(1)
					}
				})
			}
		}
		time.Sleep(2*k.per + within(pauses, k.per/2))
	}
	people.Wait()
	stop()
	crawlers.Wait()
	time.Sleep(5 * time.Second) // what is on its way arrives
	synctest.Wait()
	return asked, int(bad.Load())
}

// TestOneRefusalDoesNotSlowDownForLong: a burst goes at once again soon after.
func TestOneRefusalDoesNotSlowDownForLong(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		after time.Duration
		most  time.Duration // for 100 requests
	}{{0, 15 * time.Second}, {10 * time.Second, 9 * time.Second}, {45 * time.Second, 0}} {
		synctest.Test(t, func(t *testing.T) {
			far := new(remote)
			c := far.client(coda.Limits{})
			refusedAtOnce(t, far, c)
			time.Sleep(k.after)
			began := time.Now()
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() {
					if _, err := c.GetDoc(t.Context(), "later"); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if took := time.Since(began); took > k.most {
				t.Errorf("%s after a refusal 100 requests took %s", k.after, took)
			}
		})
	}
}

// refusedAtOnce makes a request that is refused, so that the 100 places for reading
// become 50; ten of them come back 8.1 to 8.6 s later.
func refusedAtOnce(t *testing.T, far *remote, c *coda.Client) {
	t.Helper()
	far.refuseAll = true
	hurried, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, _ = c.GetDoc(hurried, "refused")
	far.refuseAll = false
}

// TestPlacesThatComeBackAreWaitedFor: a deadline is held against the moment when some
// come back, too, not only against the one when those that are taken are free.
func TestPlacesThatComeBackAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far := new(remote)
		c := far.client(coda.Limits{})
		refusedAtOnce(t, far, c)
		time.Sleep(5 * time.Second)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { _, _ = c.GetDoc(t.Context(), "docA") }) // and keep their places until 11.1 s
		}
		time.Sleep(3 * time.Second)
		mine, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := c.GetDoc(mine, "docB"); err != nil {
			t.Error(err)
		}
		all.Wait()
	})
}

// TestWhoAsksForMuchLeavesPlacesToOthers: a caller with a line of a thousand
// requests, and another who comes with some.
func TestWhoAsksForMuchLeavesPlacesToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := new(remote).client(coda.Limits{})
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() { _, _ = c.GetDoc(coda.WithAsker(ctx, "much"), "docA") })
		}
		time.Sleep(time.Second)
		for i, most := range []time.Duration{7 * time.Second, 14 * time.Second} {
			began := time.Now()
			var some sync.WaitGroup
			for range 40 {
				some.Go(func() {
					mine, cancel := context.WithTimeout(coda.WithAsker(ctx, fmt.Sprint("some", i)), 20*time.Second)
					defer cancel()
					if _, err := c.GetDoc(mine, "docA"); err != nil {
						t.Error(err)
					}
				})
			}
			some.Wait()
			if took := time.Since(began); took > most {
				t.Errorf("40 requests beside 1,000 of another waited %s", took)
			}
		}
		began := time.Now()
		mine, cancel := context.WithTimeout(coda.WithAsker(ctx, "much"), 20*time.Second)
		defer cancel()
		if _, err := c.GetDoc(mine, "docA"); err == nil || time.Since(began) > 0 {
			t.Errorf("who cannot have a place in time heard of it after %s: %v", time.Since(began), err)
		}
		stop()
		all.Wait()
	})
}

// TestRetryAfterInItsForms: seconds, a date, and what is neither.
func TestRetryAfterInItsForms(t *testing.T) {
	t.Parallel()
	for form, wait := range map[string][2]time.Duration{
		"4": {4 * time.Second, 5 * time.Second}, " 4 ": {4 * time.Second, 5 * time.Second},
		"0": {time.Second, 2 * time.Second}, "-5": {time.Second, 2 * time.Second},
		"99999": {time.Minute, time.Minute + time.Second}, "date": {4 * time.Second, 6 * time.Second}, "past": {time.Second, 2 * time.Second},
		"": {2 * time.Second, 3 * time.Second}, "soon": {2 * time.Second, 3 * time.Second}, "1e3": {2 * time.Second, 3 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			far := &remote{refuseAll: true, retry: form}
			switch form {
			case "date":
				far.retry = time.Now().Add(5 * time.Second).UTC().Format(http.TimeFormat)
			case "past":
				far.retry = time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
			}
			c := far.client(coda.Limits{})
			time.AfterFunc(time.Second/2, func() { far.mu.Lock(); far.refuseAll = false; far.mu.Unlock() })
			if _, err := c.GetDoc(t.Context(), "docA"); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(far.began); took < wait[0] || took > wait[1] {
				t.Errorf("Retry-After: %q made us wait %s", form, took)
			}
		})
	}
}
