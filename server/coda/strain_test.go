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
// a crawler. What a person asked for hardly ever fails in any way of counting, and
// whoever is refused does not go on knocking: two in five calls failed and three in
// four requests were refused when they did.
func TestTwoProgramsWithOneToken(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		class
		burst int
	}{{classes["reading"], 60}, {classes["docs"], 2}, {classes["content"], 3}, {classes["writing"], 6}} {
		for way, begin := range map[string]func() counting{
			"fixed windows":   func() counting { return &fixed{most: k.most, per: k.per} },
			"sliding windows": func() counting { return &sliding{most: k.most, per: k.per} }, // that count what they refuse
			"a leaky bucket":  func() counting { return &leaky{most: k.most, per: k.per} },
		} {
			for _, retry := range []string{"", "3"} {
				synctest.Test(t, func(t *testing.T) {
					count := begin()
					far := &remote{runs: 1, answers: 150 * time.Millisecond, way: rand.New(rand.NewPCG(1, 4)), retry: retry,
						limit: func(string) counting { return count }}
					far.there = func() time.Duration { return within(far.way, 50*time.Millisecond) }
					asked, failed := twoPrograms(t, far, k.class, k.burst)
					const few = 20 // one in so many may meet three refusals: which request is first is left to chance
					if failed*few > asked || far.refused > len(far.at)/3 {
						t.Errorf("%d in %s by %s, Retry-After %q: %d of %d calls of a person failed; %d of %d requests were refused",
							k.most, k.per, way, retry, failed, asked, far.refused, len(far.at))
					}
				})
			}
		}
	}
}

// twoPrograms ask in bursts, each beside a crawler, for some minutes.
func twoPrograms(t *testing.T, far *remote, k class, burst int) (asked, failed int32) {
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
	return asked, bad.Load()
}

// TestOneRefusalDoesNotSlowDownForLong: a burst goes at once again soon after.
func TestOneRefusalDoesNotSlowDownForLong(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		after time.Duration
		most  time.Duration // for 100 requests
	}{{0, 15 * time.Second}, {10 * time.Second, 9 * time.Second}, {45 * time.Second, 0}} {
		synctest.Test(t, func(t *testing.T) {
			far := &remote{refuseAll: true}
			c := far.client(coda.Limits{})
			hurried, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, _ = c.GetDoc(hurried, "refused")
			far.refuseAll = false
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
		"4": {4 * time.Second, 5 * time.Second}, " 4 ": {4 * time.Second, 5 * time.Second}, "0": {time.Second, 2 * time.Second}, "-5": {time.Second, 2 * time.Second},
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
