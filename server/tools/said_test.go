package tools_test

import (
	"strings"
	"testing"
)

// TestALineThatIsNotThere is told with lines that are like it, or else with the
// first ones, which are not said to be near; and of a page without any so.
func TestALineThatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	r.call("coda_create_page", object{"document": planDoc, "name": "Blank"}).ok(nil)
	for _, c := range []struct{ page, line, says, not string }{
		{overviewPage, "zzqqxx", `reads just "zzqqxx". It begins with: `, "Near it"},
		{overviewPage, "Goalz", "Near it: ", "It begins"},
		{"Blank", "zzqqxx", "it has no lines of text", "Near it"},
	} {
		a := r.call("coda_edit_page", object{"document": planDoc, "page": c.page, "mode": "replace", "element": c.line, "content": "x"})
		a.fails(c.says)
		if strings.Contains(a.text, c.not) {
			t.Errorf("%s: %s", c.line, a.text)
		}
	}
}

// TestDaysOfAnalytics are given as elsewhere, and told in words where they are
// none.
func TestDaysOfAnalytics(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	for _, c := range []object{
		{}, {"since": "2026-11-01"}, {"since": "yesterday"}, {"since": "30d", "until": "today"}, {"since": "2026-11-01T10:00:00Z"}, {"until": "2099-12-31"}, {"since": ""},
	} {
		c["of"] = "documents"
		r.call("coda_get_analytics", c).ok(nil)
	}
	for _, q := range r.fake.Requests() {
		if strings.Contains(q.Path+q.Query, "yesterday") || strings.Contains(q.Path+q.Query, "30d") {
			t.Errorf("Coda is asked for %s %s", q.Path, q.Query)
		}
	}
	for _, c := range []struct {
		since, until, says string
	}{
		{"banana", "", `"since" must be a day, such as 2026-11-01, today, yesterday, or how long ago, such as 30d, not "banana"`},
		{"2026-13-45", "", `not "2026-13-45"`}, {"", "soon", `"until" must be a day`},
		{"2026-11-02", "2026-11-01", "since (2026-11-02) is after until (2026-11-01)"},
	} {
		a := r.call("coda_get_analytics", object{"of": "summary", "since": c.since, "until": c.until})
		a.fails(c.says)
		if strings.Contains(a.text, "pattern") || strings.Contains(a.text, "does not fit") {
			t.Errorf("%s", a.text)
		}
	}
}

// TestWhatCodaDidNotSayIsNotPutIntoItsMouth: a row that is not sent, since Coda
// would not take it.
func TestWhatCodaDidNotSayIsNotPutIntoItsMouth(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full)
	a := r.call("coda_create_rows", newRow(strings.Repeat("x", 90_000)))
	a.fails("Row 1 is 88 KB, and Coda takes at most 85 KB a row: put less into it. Nothing was written.")
	if strings.Contains(a.text, "Coda says") || r.writes() != 0 {
		t.Errorf("%d writes, %s", r.writes(), a.text)
	}
}
