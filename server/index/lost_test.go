package index_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

const rowsURL = "/docs/garden0001/tables/grid-plants/rows"

// TestADeletedRowGoesThoughTheFullListFails: that rows are missing is noticed
// once, and must not be forgotten when Coda fails right then, even where
// another row came in the place of the deleted one.
func TestADeletedRowGoesThoughTheFullListFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		come bool
		rows int
	}{{"one row less", false, 2}, {"one came and one went", true, 3}} {
		b := newHarness(t, small())
		b.start()
		b.crawled()
		b.write("DELETE", rowsURL+"/i-dahlia", "")
		if c.come {
			b.write("POST", rowsURL, `{"rows":[{"cells":[{"column":"c-n","value":"saffron"}]}]}`)
		}
		b.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = 1, 1, 500, "listRows" })
		b.again()
		if s := b.again(); s.Coverage.Rows != c.rows {
			t.Errorf("%s: %+v", c.what, s.Coverage)
		}
		b.findsNot(c.what, "dahlia")
		b.end()
	}
}

// TestWhatChangedBehindABrokenListingIsRead: the rows before the break are
// older than those behind it.
func TestWhatChangedBehindABrokenListingIsRead(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.fake.Set(func(k *codatest.Knobs) {
		k.ClampRows, k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = 1, 1, 2, 500, "listRows"
	})
	b.start()
	b.until("two of three rows are there", func(s index.Status) bool { return s.Work == "" && s.Coverage.Rows == 2 })
	b.write("PUT", rowsURL+"/i-dahlia", `{"row":{"cells":[{"column":"c-n","value":"peony"}]}}`)
	b.again()
	b.finds("the row that changed", "peony", "row:garden0001/grid-plants/i-dahlia")
	b.findsNot("what it was", "dahlia -note")
	if s := b.crawled(); s.Coverage.Rows != 3 {
		t.Errorf("%+v", s.Coverage)
	}
}

// TestAPlaceThatCodaForgotRefusesNoTable: a 400 in the middle of a list of rows
// is about the place in it.
func TestAPlaceThatCodaForgotRefusesNoTable(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.fake.Set(func(k *codatest.Knobs) {
		k.ClampRows, k.Fail, k.FailAfter, k.FailStatus, k.FailOperation = 1, 1, 1, 400, "listRows"
	})
	b.start()
	s := b.until("the first pass is over", func(s index.Status) bool { return s.Work == "" && s.Coverage.PagesRead == 4 })
	if s.Coverage.Refused != 0 || s.Coverage.Rows != 1 {
		t.Errorf("%+v", s.Coverage)
	}
	b.again()
	if s := b.crawled(); s.Coverage.Rows != 3 {
		t.Errorf("%+v", s.Coverage)
	}
}

// TestADocWhoseNamesFailedOnceIsReadTheNextTime, and is not said to be current
// before.
func TestADocWhoseNamesFailedOnceIsReadTheNextTime(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	later := time.Hour
	b.set(func() { b.ahead = later })
	b.write("PUT", "/docs/garden0001/pages/canvas-shed", `{"contentUpdate":{"insertionMode":"replace","canvasContent":{"format":"markdown","content":"The mower is sold."}}}`)
	b.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 1, 500, "listPages" })
	s := b.again()
	if known := b.opt.Now().Sub(s.Coverage.Oldest); known < later/2 {
		t.Errorf("a doc that was not looked at is said to be %v old", known)
	}
	b.again()
	b.finds("the page that changed", "sold", "page:garden0001/canvas-shed")
	b.findsNot("its old text", "oil")
}

// broken cuts the connection of some requests.
type broken struct {
	b   *harness
	cut func(path string) bool
}

func (w broken) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.cut(r.URL.Path) {
		return nil, http.ErrHandlerTimeout
	}
	return w.b.RoundTrip(r)
}

// TestAFaultOfTheNetworkIsNoRefusal: what it hit is asked for in the next pass,
// and only what is hit again and again waits longer.
func TestAFaultOfTheNetworkIsNoRefusal(t *testing.T) {
	t.Parallel()
	cuts := map[string]int{"canvas-shed": 3, "canvas-soup": 1 << 30} // the client tries three times itself
	asked := 0
	b := newHarness(t, small(), func(b *harness) {
		at := time.Now()
		b.opt.Now = func() time.Time { return at } // what is put off comes never
		b.opt.Every = time.Second
		b.opt.Coda = b.client(broken{b, func(path string) bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			for page := range cuts {
				if strings.Contains(path, page) && cuts[page] > 0 {
					cuts[page]--
					asked++
					return true
				}
			}
			return false
		}})
	})
	b.start()
	s := b.until("the page that was hit once is read", func(s index.Status) bool { return s.Coverage.PagesRead == 3 && s.Work == "" })
	b.finds("it", "mower", "page:garden0001/canvas-shed")
	before := b.fake.Count("whoami")
	b.until("two more passes are over", func(index.Status) bool { return b.fake.Count("whoami") > before+2 })
	b.set(func() {
		if asked > 3+2*3 {
			t.Errorf("%d requests were cut: what fails each time is asked for in each pass", asked)
		}
	})
	if !strings.Contains(s.Trouble, "1 page") {
		t.Errorf("%q", s.Trouble)
	}
}

// TestAPauseHoldsWhatIsAboutToBegin: the owner may click in the very moment in
// which the crawler has looked and not yet begun.
func TestAPauseHoldsWhatIsAboutToBegin(t *testing.T) {
	t.Parallel()
	clicked, looked := make(chan struct{}), make(chan struct{})
	looks := 0
	b := newHarness(t, many(40), func(b *harness) {
		b.opt.Paused = func() (was bool) {
			b.set(func() { looks++; was, b.paused = b.paused, true })
			switch looks {
			case 1:
				b.x.Poke()
				close(clicked)
			case 2:
				close(looked)
			}
			return was
		}
	})
	b.start()
	<-clicked
	<-looked
	b.end()
	if n := b.fake.Count("listPageContent"); n > 0 {
		t.Errorf("%d pages were read during a pause", n)
	}
}

// circling is a Coda whose lists of rows lead back to their first page.
type circling struct {
	b  *harness
	on *bool
}

func (c circling) RoundTrip(r *http.Request) (*http.Response, error) {
	c.b.mu.Lock()
	on := *c.on
	c.b.mu.Unlock()
	if on && strings.HasSuffix(r.URL.Path, "/rows") {
		r = r.Clone(r.Context())
		r.URL.RawQuery = "limit=1&valueFormat=simpleWithArrays"
	}
	return c.b.RoundTrip(r)
}

// TestAListThatGoesRoundDeletesNothing: rows that it did not show are not gone.
func TestAListThatGoesRoundDeletesNothing(t *testing.T) {
	t.Parallel()
	round := false
	b := newHarness(t, small(), func(b *harness) { b.opt.Coda = b.client(circling{b, &round}) })
	b.start()
	b.crawled()
	b.set(func() { round = true })
	if err := b.x.Rebuild(t.Context(), "garden0001"); err != nil {
		t.Fatal(err)
	}
	s := b.until("it is said", func(s index.Status) bool { return s.Trouble != "" && s.Work == "" })
	if s.Coverage.Complete() {
		t.Errorf("%+v", s.Coverage)
	}
	for _, plant := range []string{"dahlia", "lavender", "rhubarb"} {
		b.finds("a row that was not listed", plant+" type:row", "row:garden0001/grid-plants/i-"+plant)
	}
}
