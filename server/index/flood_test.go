package index_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestManyBeginningsAreBoundedAndSaid: what begins as one word of a query is
// looked for however much it is, and of many such words as much as is not long;
// the answer says so.
func TestManyBeginningsAreBoundedAndSaid(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Library")
	var pages [][2]string
	var begun []string
	for p := range 8 {
		prefix := "qa" + string(rune('a'+p))
		begun = append(begun, prefix)
		for part := range 3 { // texts of about 32 KB
			var b strings.Builder
			for i := range 4000 {
				n := part*4000 + i
				fmt.Fprintf(&b, "%s%c%c%c%c ", prefix, 'a'+n/17576%26, 'a'+n/676%26, 'a'+n/26%26, 'a'+n%26)
			}
			pages = append(pages, [2]string{fmt.Sprint("Volume ", p, " ", part), b.String()})
		}
	}
	pages = append(pages, [2]string{"Walrus", "walrus " + strings.Join(begun, "zzzz ") + "zzzz"})
	f.pages(0, pages...)
	f.must(f.db.Seal(context.Background(), 0))
	const said = "So many words begin as some of these do"
	for query, want := range map[string]bool{"qaa": false, "qab walrus": false, strings.Join(begun, " ") + " walrus": true} {
		a := f.search(query)
		if strings.Contains(a.Odd, said) != want || len(a.Hits) == 0 {
			t.Errorf("%q: %d hits, it says %q", query, len(a.Hits), a.Odd)
		}
		if strings.HasSuffix(query, "walrus") && a.Hits[0].Title != "Walrus" {
			t.Errorf("%q found %s", query, titles(a))
		}
	}
	a := f.search("volume qabzzzy qaczzzy wxyzab wxyzac wxyzad wxyzae wxyzaf wxyzag wxyzah wxyzai wxyzaj wxyzak wxyzal wxyzam")
	if !strings.Contains(a.Odd, "looked for of the first 12") || !strings.Contains(a.Odd, "“qabzzzz” was looked for too") {
		t.Errorf("it says %q", a.Odd)
	}
}
