package index_test

import (
	"strings"
	"testing"
)

// TestTheSubtitleOfAPageIsFound although it is no part of what Coda gives of its
// text.
func TestTheSubtitleOfAPageIsFound(t *testing.T) {
	t.Parallel()
	w := small()
	w.Docs[0].Pages[1].Subtitle = "Where the zeppelin sleeps"
	b := newHarness(t, w)
	b.start()
	b.crawled()
	b.finds("a subtitle", "zeppelin sleeps", "page:garden0001/canvas-shed")
	if hit := b.search("zeppelin mower").Hits[0]; hit.Why != "" || !strings.Contains(hit.Text, "**zeppelin**") {
		t.Errorf("%+v", hit)
	}
	b.write("PUT", "/docs/garden0001/pages/canvas-shed", `{"subtitle":"Where the airship sleeps"}`)
	b.again()
	b.finds("a new subtitle", "airship", "page:garden0001/canvas-shed")
}
