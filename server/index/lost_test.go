package index_test

import (
	"testing"

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
		b := newBed(t, small())
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
	b := newBed(t, small())
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
	b := newBed(t, small())
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
