package index_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// many is a workspace of n docs with a page each, the first the newest.
func many(n int) codatest.Workspace {
	var w codatest.Workspace
	for i := range n {
		w.Docs = append(w.Docs, &codatest.Doc{ID: fmt.Sprintf("many%06d", i), Name: fmt.Sprintf("Doc %d", i), Updated: time.Date(2026, 1, 1, 0, 0, -i, 0, time.UTC),
			Pages: []*codatest.Page{{ID: fmt.Sprintf("canvas-%06d", i), Name: "Notes", Body: fmt.Sprintf("The word of this one is word%d.", i)}}})
	}
	return w
}

// unwilling answers some requests of the crawler in Coda's place.
type unwilling struct {
	b   *harness
	say func(path string) (status int, message string)
}

func (u unwilling) RoundTrip(r *http.Request) (*http.Response, error) {
	if status, message := u.say(r.URL.Path); status != 0 {
		rec := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
		body := fmt.Sprintf(`{"statusCode":%d,"statusMessage":"x","message":%q}`, status, message)
		rec.Body = http.NoBody
		rec.ContentLength = int64(len(body))
		rec.Body = readCloser{strings.NewReader(body)}
		return rec, nil
	}
	return u.b.RoundTrip(r)
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func (b *harness) unwilling(say func(path string) (int, string)) {
	b.opt.Coda = b.client(unwilling{b, say})
}

// TestADocThatIsTooLargeHoldsUpNoOther: Coda answers 400 for it, whatever its
// list says of its size.
func TestADocThatIsTooLargeHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	b := newHarness(t, many(6), func(b *harness) {
		b.unwilling(func(path string) (int, string) {
			if strings.Contains(path, "/docs/many000002/") {
				return 400, "This doc is too large for the API"
			}
			return 0, ""
		})
	})
	b.start()
	s := b.crawled()
	b.finds("another doc", "word3", "page:many000003/canvas-000003")
	if s.Coverage.Skipped != 1 || s.Trouble != "" {
		t.Errorf("%+v", s)
	}
}

// TestWhatFailsEachTimeStarvesNothingElse: the newest docs cannot be read; all
// others, and the rows, can.
func TestWhatFailsEachTimeStarvesNothingElse(t *testing.T) {
	t.Parallel()
	w := many(60)
	w.Docs[59].Tables = small().Docs[0].Tables
	b := newHarness(t, w, func(b *harness) {
		b.unwilling(func(path string) (int, string) {
			for i := range 40 {
				if strings.Contains(path, fmt.Sprintf("/docs/many%06d/pages/canvas", i)) {
					return 500, "no"
				}
			}
			return 0, ""
		})
		b.opt.Every = time.Second
	})
	b.start()
	b.until("it gave up the first time", func(s index.Status) bool { return s.Trouble != "" })
	b.finds("a row", "rhubarb", "row:many000059/grid-plants/i-rhubarb")
	s := b.until("the others are there", func(s index.Status) bool { return s.Coverage.PagesRead == 20 && s.Work == "" && s.Trouble != "" })
	b.finds("a doc behind them", "word55", "page:many000055/canvas-000055")
	if s.Coverage.Complete() || !strings.Contains(s.Trouble, "40 pages") {
		t.Errorf("%v %q", s.Coverage.Complete(), s.Trouble)
	}
}

// TestWhatBecameForbiddenIsNotFoundAnyMore.
func TestWhatBecameForbiddenIsNotFoundAnyMore(t *testing.T) {
	t.Parallel()
	w := small()
	forbidden := false
	b := newHarness(t, w, func(b *harness) {
		b.unwilling(func(path string) (int, string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if forbidden && strings.Contains(path, "/docs/secret0001/") {
				return 403, "You may not"
			}
			return 0, ""
		})
	})
	b.start()
	b.crawled()
	b.finds("before", "zeppelin", "page:secret0001/canvas-diary")
	b.set(func() { forbidden = true })
	b.fake.Set(func(*codatest.Knobs) { w.Docs[2].Updated = w.Docs[2].Updated.Add(time.Hour) })
	b.again()
	b.findsNot("the text of a doc that may no longer be read", "zeppelin")
	b.findsNot("the names in it", "monday")
}

// TestARefusedPageIsSaidAndTriedAgain after a day.
func TestARefusedPageIsSaidAndTriedAgain(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.fake.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 1, 404, "listPageContent" })
	b.start()
	s := b.crawled()
	if sentence := s.Coverage.Sentence(b.opt.Now()); !strings.Contains(sentence, "does not give 1 of their pages") {
		t.Error(sentence)
	}
	b.again()
	if s := b.crawled(); s.Coverage.Refused != 1 {
		t.Errorf("asked for again at once: %+v", s.Coverage)
	}
	b.set(func() { b.ahead = 25 * time.Hour })
	b.again()
	if s := b.crawled(); s.Coverage.Refused != 0 || s.Coverage.PagesRead != 4 {
		t.Errorf("not tried again: %+v", s.Coverage)
	}
}

// TestDamageThatOnlyASearchMeetsIsMended: a pass with nothing to do never
// looks there.
func TestDamageThatOnlyASearchMeetsIsMended(t *testing.T) {
	t.Parallel()
	w := many(12)
	prose := strings.Repeat("plain prose ", 600) // each text has pages of the file to itself
	for i, d := range w.Docs {
		d.Pages[0].Body = fmt.Sprint(prose, "mentions autovacuum", i, " ", prose)
	}
	b := newHarness(t, w)
	b.start()
	b.crawled()
	b.end()
	raw, err := os.ReadFile(b.opt.Path)
	if err != nil {
		t.Fatal(err)
	}
	for page := range slices.Chunk(raw, 4096) { // the text may also stand where it no longer counts
		if strings.Contains(string(page), "mentions autovacuum5 ") {
			copy(page, strings.Repeat("\xff\x00rust", 200))
		}
	}
	if err := os.WriteFile(b.opt.Path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b.x = index.New(b.opt)
	b.start()
	b.until("it has looked", func(s index.Status) bool { return s.Work == "" && b.fake.Count("whoami") > 1 })
	if _, err := b.x.Search(t.Context(), index.Ask{Query: "autovacuum5"}); err == nil {
		t.Fatal("the search met no damage: this tested nothing")
	}
	b.until("it is made anew", func(s index.Status) bool {
		return strings.Contains(s.Notice, "made anew") && s.Work == "" && s.Coverage.Complete() && s.Coverage.Docs > 0
	})
	b.finds("what was damaged", "autovacuum5", "page:many000005/canvas-000005")
	b.set(func() { b.ahead = 2 * time.Hour })
	if s, err := b.x.Status(t.Context()); err != nil || s.Notice != "" {
		t.Errorf("still said: %q %v", s.Notice, err)
	}
}

// TestANewTokenSeesNothingOfTheOldStatus, from the first moment.
func TestANewTokenSeesNothingOfTheOldStatus(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	b.fake.Set(func(k *codatest.Knobs) { k.Delay = 300 * time.Millisecond })
	b.set(func() { b.owner = "owner-2" })
	b.x.Poke()
	claimed := false
	b.until("the new one has its docs", func(s index.Status) bool {
		if len(s.Docs) > 0 && b.fake.Count("listDocs") < 2 {
			t.Error("the old docs are listed")
		}
		if a, err := b.x.Search(t.Context(), index.Ask{Query: "zeppelin"}); err == nil {
			claimed = true
			if b.fake.Count("listDocs") < 2 && (a.Coverage.Docs > 0 || len(a.Hits) > 0) {
				t.Errorf("coverage of the old index: %+v", a.Coverage)
			}
		}
		return claimed && len(s.Docs) == 3
	})
}

// TestTheFileThatIsTakenAwayIsMadeAnew while the program runs.
func TestTheFileThatIsTakenAwayIsMadeAnew(t *testing.T) {
	t.Parallel()
	b := newHarness(t, small())
	b.start()
	b.crawled()
	if err := os.Remove(b.opt.Path); err != nil {
		t.Fatal(err)
	}
	b.again()
	s := b.crawled()
	if !strings.Contains(s.Notice, "taken away") {
		t.Errorf("%q", s.Notice)
	}
	if _, err := os.Stat(b.opt.Path); err != nil {
		t.Error(err)
	}
	b.finds("what it held", "rhubarb", "row:garden0001/grid-plants/i-rhubarb")
}

// TestRowsThatAreTooLongTogetherAreAskedForInSmallerPieces.
func TestRowsThatAreTooLongTogetherAreAskedForInSmallerPieces(t *testing.T) {
	t.Parallel()
	w := small()
	for i := range 60 {
		w.Docs[0].Tables[0].Rows = append(w.Docs[0].Tables[0].Rows,
			&codatest.Row{ID: fmt.Sprintf("i-long%d", i), Values: []any{fmt.Sprintf("long%d", i), strings.Repeat("word ", 2000)}})
	}
	b := newHarness(t, w, func(b *harness) {
		b.opt.Coda = coda.New(coda.Options{Base: b.fake.URL,
			Token: func() (string, error) { return codatest.Token, nil }, Limits: coda.NoLimits(),
			HTTP: &http.Client{Transport: b}, MaxBody: 400 << 10})
	})
	b.start()
	if s := b.crawled(); s.Coverage.Rows != 63 {
		t.Errorf("%+v", s.Coverage)
	}
}

// TestOneAllowedDocInTroubleHoldsUpNoOther, and what was known of it stays.
func TestOneAllowedDocInTroubleHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	trouble := false
	b := newHarness(t, many(5), func(b *harness) {
		b.unwilling(func(path string) (int, string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if trouble && strings.HasSuffix(path, "/docs/many000001") {
				return 500, "no"
			}
			return 0, ""
		})
		b.allowed = []string{"many000001", "many000002"}
	})
	b.start()
	b.crawled()
	b.set(func() { trouble, b.allowed = true, append(b.allowed, "many000003") })
	s := b.again()
	b.finds("the doc that was allowed too", "word3", "page:many000003/canvas-000003")
	b.finds("the doc in trouble", "word1", "page:many000001/canvas-000001")
	if !strings.Contains(s.Trouble, "did not give 1 ") {
		t.Errorf("%q", s.Trouble)
	}
}

// TestWhatWasRefusedByAClockThatWasAheadIsTriedAgain, and not in a year.
func TestWhatWasRefusedByAClockThatWasAheadIsTriedAgain(t *testing.T) {
	t.Parallel()
	refuse := true
	b := newHarness(t, many(3), func(b *harness) {
		b.ahead = 400 * 24 * time.Hour
		b.unwilling(func(path string) (int, string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if refuse && (strings.Contains(path, "/docs/many000001/pages") || strings.HasSuffix(path, "/canvas-000002/content")) {
				return 403, "You may not"
			}
			return 0, ""
		})
	})
	b.start()
	if s := b.crawled(); s.Coverage.Skipped != 1 || s.Coverage.Refused != 1 {
		t.Fatalf("%+v", s.Coverage)
	}
	b.set(func() { refuse, b.ahead = false, 0 })
	b.again()
	b.finds("the doc", "word1", "page:many000001/canvas-000001")
	b.finds("the page", "word2", "page:many000002/canvas-000002")
}
