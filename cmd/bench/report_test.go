package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"codabridge/server/golden"
)

func TestTheTableNamesEveryMissAndSharesExplanations(t *testing.T) {
	t.Parallel()
	r := &report{absent: []string{"Idle memory: no /proc here."}}
	r.add(
		row{what: "a quick thing", ours: "1.00 ms", target: "< 2 ms", bare: "0.500 ms", ratio: "2.00", ok: true, how: "Both together.", detail: "Quick: often."},
		row{what: "a slow thing", ours: "9.00 ms, +8.00 ms", target: "+ < 2 ms", missed: "+8.00 ms", how: "Both together.", detail: "Slow: rarely.", why: "It waits."},
		row{what: "a thing by itself", ours: "3 B", target: "< 2 B", how: strings.Repeat("Long words make many lines. ", 6)},
	)
	var out strings.Builder
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(out.String(), "\n") // the first line is about this machine
	golden.Check(t, filepath.Join("testdata", "table.txt"), got)
}

func TestNumbersAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, got, want string }{
		{"one slow call does not move the median", ms(median([]time.Duration{3e6, 900e6, 1e6})), "3.00 ms"},
		{"an even count lies between its two middles", ms(median([]time.Duration{1e6, 2e6})), "1.50 ms"},
		{"nothing measured is no crash", ms(median[time.Duration](nil)), "0.000 ms"},
		{"tens of microseconds keep their digits", ms(31 * time.Microsecond), "0.031 ms"},
		{"seconds have no decimals", ms(1641 * time.Millisecond), "1641 ms"},
		{"bytes below a thousand have no comma", amount(999), "999 B"},
		{"each thousand has its comma", amount(1234567), "1,234,567 B"},
		{"a ratio of whole numbers is not cut", times(1, 3), "0.33"},
		{"nine in ten is not the slowest of ten", ms(percentile([]time.Duration{1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 2e6, 9e6}, 89)), "2.00 ms"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
}

func TestTheTableThatIsReadHasTwelveColumnsOfValues(t *testing.T) {
	t.Parallel()
	w, at := workspace()
	table := w.Docs[0].Tables[1]
	if table.ID != at.table || len(table.Columns) != wide || len(table.Rows) < tall {
		t.Fatalf("%s has %d columns and %d rows", table.Name, len(table.Columns), len(table.Rows))
	}
	for _, r := range table.Rows {
		if len(r.Values) != wide {
			t.Fatalf("row %s has %d values", r.ID, len(r.Values))
		}
	}
}
