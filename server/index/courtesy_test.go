package index_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

func TestPauseHoldsTheCrawler(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.set(func() { b.paused = true })
	b.x.Poke()
	b.start()
	b.until("it is paused", func(s index.Status) bool { return s.Paused && s.Bytes > 0 })
	if n := b.fake.Count(""); n != 0 {
		t.Errorf("%d requests while paused", n)
	}
	b.set(func() { b.paused = false })
	b.x.Poke()
	b.crawled()
}

// TestTheCrawlerStaysBehindThePerson: the crawler's workers ask all the time,
// and still a person has Coda's whole limit, whose calls are so many at once
// that one is waiting at any time, also on a busy machine.
func TestTheCrawlerStaysBehindThePerson(t *testing.T) {
	t.Parallel()
	w, _, _ := library(t)
	var client *coda.Client
	b := newHarness(t, w, func(b *harness) {
		limits := coda.NoLimits()
		limits.Read = coda.Rate{N: 10, Per: time.Second} // a busy machine must be able to use it up
		client = coda.New(coda.Options{Base: b.fake.URL, Token: func() (string, error) { return codatest.Token, nil },
			Limits: limits, HTTP: &http.Client{Transport: b}})
		b.opt.Coda, b.opt.Workers = client, 8
	})
	b.start()
	b.until("names are read", func(s index.Status) bool { return s.Coverage.Named > 0 })
	const calls = 24
	var person sync.WaitGroup
	for range 6 {
		person.Go(func() {
			for range calls / 6 {
				if _, err := client.GetDoc(t.Context(), w.Docs[0].ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	person.Wait()
	asked, crawled, between := 0, 0, 0
	for _, q := range b.fake.Requests() {
		switch {
		case q.Operation == "getDoc":
			asked, crawled = asked+1, crawled+between
			between = 0
		case asked > 0:
			between++
		}
	}
	t.Logf("%d requests of the crawler during %d of a person", crawled, asked)
	if asked != calls || crawled > calls/2 {
		t.Error("the person had to share")
	}
	stored := b.search("notes").Coverage.Named
	b.until("it goes on afterwards", func(s index.Status) bool { return s.Coverage.Named > stored })
}

func TestATokenForOneDocIndexesTheDocThatIsNamed(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small(), func(b *harness) {
		b.opt.Coda = coda.New(coda.Options{Base: b.fake.URL, Token: func() (string, error) { return codatest.TokenOneDoc, nil },
			Limits: coda.NoLimits(), HTTP: &http.Client{Transport: b}})
	})
	b.start()
	b.until("it is said", func(s index.Status) bool { return strings.Contains(s.Trouble, "setting documents") })
	b.set(func() { b.allowed = []string{"garden0001"} })
	b.x.Poke()
	b.crawled()
	b.finds("its row", "rhubarb", "row:garden0001/grid-plants/i-rhubarb")
}
