package coda_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"codabridge/server/coda"
)

// class is a class of requests as Coda publishes it.
type class struct {
	most int
	per  time.Duration
	call func(context.Context, *coda.Client) error
}

var classes = map[string]class{
	"reading": {100, 6 * time.Second, func(ctx context.Context, c *coda.Client) error {
		_, err := c.GetDoc(ctx, "docA")
		return err
	}},
	"docs": {4, 6 * time.Second, func(ctx context.Context, c *coda.Client) error {
		_, err := c.ListDocs(ctx, coda.DocQuery{})
		return err
	}},
	"content": {5, 10 * time.Second, func(ctx context.Context, c *coda.Client) error {
		_, err := c.UpdateRow(ctx, "docA", "T", "i-1", coda.RowEdit{}, false)
		return err
	}},
	"writing": {10, 6 * time.Second, func(ctx context.Context, c *coda.Client) error {
		_, err := c.Call(ctx, "updateDoc", coda.Args{"docId": "docA", "title": "A"})
		return err
	}},
}

// TestNoRefusalIsOurFault holds the limiter against every way of counting,
// over networks whose delays differ and clocks that differ, with bursts, a
// crawler, and callers who go away.
func TestNoRefusalIsOurFault(t *testing.T) {
	t.Parallel()
	for name, k := range classes {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, 3))
			ways := map[string]counting{
				"fixed windows":   &fixed{most: k.most, per: k.per, begins: within(r, k.per)},
				"sliding windows": &sliding{most: k.most, per: k.per},
				"a leaky bucket":  &leaky{most: k.most, per: k.per},
			}
			for way, count := range ways {
				synctest.Test(t, func(t *testing.T) {
					far := &remote{runs: 0.99 + 0.02*r.Float64(), answers: within(r, 300*time.Millisecond), way: rand.New(rand.NewPCG(seed, 4)),
						limit: func(string) counting { return count }}
					far.there = func() time.Duration {
						return within(far.way, []time.Duration{1, 50 * time.Millisecond, 900 * time.Millisecond}[seed%3])
					}
					asked := bursts(t, far.client(coda.Limits{}), k, r)
					time.Sleep(5 * time.Second) // what is on its way arrives
					synctest.Wait()
					if far.refused > 0 {
						t.Errorf("%s counted by %s, seed %d: %d of %d requests refused", name, way, seed, far.refused, asked)
					}
				})
			}
		}
	}
}

func within(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}

// bursts asks as a person, a model and a crawler do, for some minutes.
func bursts(t *testing.T, c *coda.Client, k class, r *rand.Rand) (asked int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var crawler, people sync.WaitGroup
	for range 4 {
		crawler.Go(func() {
			for ctx.Err() == nil {
				_ = k.call(coda.WithBackground(ctx), c)
			}
		})
	}
	for range 6 {
		for range r.IntN(k.most * 3 / 2) {
			asked++
			impatient := r.IntN(6) == 0
			people.Go(func() {
				mine, cancel := context.WithTimeout(ctx, 45*time.Second)
				if impatient {
					mine, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
				}
				defer cancel()
				if err := k.call(mine, c); err != nil && !impatient && !errors.Is(err, coda.ErrBusy) && !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		time.Sleep(within(r, 2*k.per))
	}
	people.Wait()
	stop()
	crawler.Wait()
	return asked
}

// TestABurstGoesAtOnce: what a doc of 60 tables takes, and all that Coda allows.
func TestABurstGoesAtOnce(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		n    int
		wait time.Duration // at least, and at most a quarter of a second more
	}{{60, 0}, {100, 0}, {101, 6 * time.Second}, {200, 6 * time.Second}, {300, 12 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			c := new(remote).client(coda.Limits{})
			var all sync.WaitGroup
			began := time.Now()
			for range k.n {
				all.Go(func() { _, _ = c.GetDoc(t.Context(), "docA") })
			}
			all.Wait()
			if took := time.Since(began); took < k.wait || took > k.wait+250*time.Millisecond {
				t.Errorf("%d requests took %s", k.n, took)
			}
		})
	}
}

// TestTheBackgroundHasHalfOfWhatIsLeft, and no place while a person waits.
func TestTheBackgroundHasHalfOfWhatIsLeft(t *testing.T) {
	t.Parallel()
	for before, its := range map[int]int{0: 50, 20: 40, 60: 20, 98: 1, 99: 0, 100: 0} {
		synctest.Test(t, func(t *testing.T) {
			far := &remote{}
			c := far.client(coda.Limits{})
			for range before {
				_, _ = c.GetDoc(t.Context(), "mine")
			}
			ctx, stop := context.WithTimeout(t.Context(), 59*time.Second)
			defer stop()
			var crawler sync.WaitGroup
			for range 8 {
				crawler.Go(func() {
					for ctx.Err() == nil {
						_, _ = c.GetDoc(coda.WithBackground(ctx), "its")
					}
				})
			}
			time.Sleep(time.Second)
			synctest.Wait()
			if got := strings.Count(strings.Join(far.paths, " "), "its"); got != its {
				t.Errorf("after %d requests of a person the background made %d, want %d", before, got, its)
			}
			began := time.Now()
			if _, err := c.GetDoc(t.Context(), "mine"); err != nil || before < 100 && time.Since(began) > 0 {
				t.Errorf("after %d requests a person waits for %s beside the background: %v", before, time.Since(began), err)
			}
			crawler.Wait()
			if got := strings.Count(strings.Join(far.paths, " "), "its"); got < 400 {
				t.Errorf("in a minute the background made %d requests", got)
			}
		})
	}
}

// TestWhoAsksFirstGoesFirst, though some who wait go away.
func TestWhoAsksFirstGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far := &remote{}
		c := far.client(coda.Limits{Read: coda.Rate{N: 1, Per: time.Second}})
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if i%5 == 4 {
					time.AfterFunc(300*time.Millisecond, cancel)
				}
				_, err := c.GetDoc(ctx, fmt.Sprintf("doc%02d", i))
				if (err != nil) != (i%5 == 4) {
					t.Errorf("request %d: %v", i, err)
				}
			})
			synctest.Wait() // it is sent, or stands in line
		}
		all.Wait()
		if len(far.paths) != 32 || !isSorted(far.paths) {
			t.Errorf("%q", far.paths)
		}
	})
}

func isSorted(s []string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] < s[i-1] {
			return false
		}
	}
	return true
}

// TestRetryAfterIsForAll: while Coda asks for quiet, nobody asks anything of
// that class, and others go on.
func TestRetryAfterIsForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far := &remote{refuseAll: true, retry: "20"}
		c := far.client(coda.Limits{})
		var all sync.WaitGroup
		all.Go(func() { _, _ = c.GetDoc(t.Context(), "refused") })
		synctest.Wait()
		far.refuseAll = false
		hurried, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := c.GetDoc(hurried, "hurried"); !errors.Is(err, coda.ErrBusy) || time.Since(far.began) > 0 {
			t.Errorf("a call that has no time for it waited %s: %v", time.Since(far.began), err)
		}
		for range 5 {
			all.Go(func() { _, _ = c.GetDoc(t.Context(), "later") })
		}
		if _, err := c.ListDocs(t.Context(), coda.DocQuery{}); err != nil || time.Since(far.began) > 0 {
			t.Errorf("another class waited too: %v", err)
		}
		all.Wait()
		for i, at := range far.at[2:] {
			if at < 20*time.Second {
				t.Errorf("%s came after %s", far.paths[i+2], at)
			}
		}
		if len(far.at) != 8 {
			t.Errorf("%q", far.paths)
		}
	})
}

// TestWhatIsNotSentTakesNoPlace: a computer that was offline, or without a
// token, may ask as soon as it can.
func TestWhatIsNotSentTakesNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		token := errors.New("the keyring is locked")
		c := coda.New(coda.Options{HTTP: &http.Client{Transport: canned(`{"items":[]}`)}, Token: func() (string, error) { return "t", token }})
		for range 20 {
			if _, err := c.ListDocs(t.Context(), coda.DocQuery{}); !errors.Is(err, token) {
				t.Fatal(err)
			}
		}
		token = nil
		began := time.Now()
		if _, err := c.ListDocs(t.Context(), coda.DocQuery{}); err != nil || time.Since(began) > 0 {
			t.Errorf("waited %s: %v", time.Since(began), err)
		}
	})
}

// TestARequestGivenUpMayArriveYet: it counts from then on.
func TestARequestGivenUpMayArriveYet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := 900 * time.Millisecond
		far := &remote{runs: 1, there: func() time.Duration { return slow }}
		count := &sliding{most: 4, per: 6 * time.Second}
		far.limit = func(string) counting { return count }
		c := far.client(coda.Limits{})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		ask := func(ctx context.Context) {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() { _, _ = c.ListDocs(ctx, coda.DocQuery{}) })
			}
			all.Wait()
		}
		ask(ctx)
		time.Sleep(time.Second)
		synctest.Wait()
		slow = 0
		ask(t.Context())
		if far.refused > 0 || len(far.at) != 8 {
			t.Errorf("%d of %d refused", far.refused, len(far.at))
		}
	})
}
